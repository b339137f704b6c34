/** An element of a document that was read. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text that stands directly in it. */
  readonly text: string;
}

const TAG = /<(\/?)([a-zA-Z]+)((?: [a-zA-Z][\w:-]*="[^"<]*")*)(\/?)>/y;
const ATTRIBUTE = / ([\w:-]+)="([^"]*)"/g;
const REFERENCE = /&(?:amp|lt|gt|quot|#39);|&/g;
const CHARACTERS: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};
/** What XML 1.0 calls characters. */
const NO_CHARACTER = /[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Reads XML of a small part of its grammar, and takes nothing else: no comment, no declaration, no entity but five. */
export function readXml(document: string): XmlElement {
  if (NO_CHARACTER.test(document)) throw new Error('A character that XML does not have.');
  interface Open {
    name: string;
    attributes: Record<string, string>;
    children: Open[];
    text: string;
  }
  const root: Open = { name: '', attributes: {}, children: [], text: '' };
  const stack = [root];
  let at = 0;
  while (at < document.length) {
    const next = document.indexOf('<', at);
    const end = next < 0 ? document.length : next;
    stack.at(-1)!.text += resolved(document.slice(at, end));
    if (next < 0) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(document);
    if (tag === null) throw new Error(`No tag: ${document.slice(next, next + 80)}`);
    const [whole, closing, name, attributes, empty] = tag as unknown as [
      string,
      string,
      string,
      string,
      string,
    ];
    at = next + whole.length;
    if (closing === '/') {
      if (stack.pop()!.name !== name || stack.length === 0)
        throw new Error(`Closes what is not open: ${whole}`);
      continue;
    }
    const element: Open = { name, attributes: attributesOf(attributes), children: [], text: '' };
    stack.at(-1)!.children.push(element);
    if (empty === '') stack.push(element);
  }
  if (stack.length !== 1) throw new Error(`Not closed: ${stack.at(-1)!.name}`);
  if (root.children.length !== 1 || root.text.trim() !== '') throw new Error('Not one element.');
  return root.children[0]!;
}

/** An element and everything in it. */
export function elementsOf(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(elementsOf)];
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(ATTRIBUTE)) {
    if (name! in found) throw new Error(`Twice: ${name}`);
    found[name!] = resolved(value!);
  }
  return found;
}

function resolved(text: string): string {
  return text.replace(REFERENCE, (reference) => {
    const character = CHARACTERS[reference];
    if (character === undefined) throw new Error(`No reference: ${text.slice(0, 80)}`);
    return character;
  });
}
