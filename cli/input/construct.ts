import { EVENT_ID, getScalarValue, SCALAR_STYLE, type Event, type ScalarEvent } from 'js-yaml';
import { keyText, plainValue, taggedValue, TagMismatch } from './scalars';
import { YamlProblem } from './yaml-problem';

/** How deep lists and maps may stand in each other, aliases included. Kubernetes' own objects need about 30. */
export const MAX_DEPTH = 500;

/**
 * How much aliases may add to a document: a fixed number of nodes, and some for each node that is written out. A few lines
 * of aliases of aliases would otherwise become more than a machine can hold.
 */
const ALIAS_BASE = 1_000;
const ALIAS_RATIO = 50;

interface Anchor {
  value: unknown;
  isMap: boolean;
  /** Nodes below it, and how many levels they stand deep. */
  size: number;
  height: number;
  /** Whether it is not complete yet, so that an alias of it would contain itself. */
  open: boolean;
}

type Container = Record<string, unknown>;

/**
 * Builds the value of one document from the events of the YAML parser, as kubectl would send it: see `scalars.ts`, and
 * `<<` as go-yaml v2 takes it, where what is merged wins over the keys before it.
 *
 * @param events the events of a text with one document
 * @param text the text that they point into
 * @throws YamlProblem
 */
export function construct(events: readonly Event[], text: string): unknown {
  return new Construction(events, text).document();
}

class Construction {
  private index = 0;
  private depth = 0;
  private deepest = 0;
  private nodes = 0;
  private aliased = 0;
  private readonly anchors = new Map<string, Anchor>();
  private readonly handles = new Map<string, string>([
    ['!!', 'tag:yaml.org,2002:'],
    ['!', '!'],
  ]);

  public constructor(
    private readonly events: readonly Event[],
    private readonly text: string,
  ) {}

  public document(): unknown {
    const start = this.events[this.index++];
    if (start?.type !== EVENT_ID.DOCUMENT) return null;
    for (const directive of start.directives)
      if (directive.kind === 'tag') this.handles.set(directive.handle, directive.prefix);
    return this.node();
  }

  private node(): unknown {
    const event = this.events[this.index++]!;
    this.nodes++;
    switch (event.type) {
      case EVENT_ID.SCALAR:
        return this.anchored(event, false, () => this.scalar(event));
      case EVENT_ID.SEQUENCE:
        return this.anchored(event, false, () => this.sequence());
      case EVENT_ID.MAPPING:
        return this.anchored(event, true, () => this.mapping());
      case EVENT_ID.ALIAS:
        return this.alias(event.anchorStart, event.anchorEnd).value;
      default:
        throw new YamlProblem('The document ends too early.', 0, 'Complete it.');
    }
  }

  private anchored(
    event: { anchorStart: number; anchorEnd: number },
    isMap: boolean,
    make: () => unknown,
  ): unknown {
    if (event.anchorStart === -1) return make();
    const anchor: Anchor = { value: undefined, isMap, size: 0, height: 0, open: true };
    this.anchors.set(this.anchorName(event.anchorStart, event.anchorEnd), anchor);
    const { nodes, aliased, deepest } = this;
    this.deepest = this.depth;
    anchor.value = make();
    anchor.size = this.nodes - nodes + this.aliased - aliased + 1;
    anchor.height = this.deepest - this.depth;
    anchor.open = false;
    this.deepest = Math.max(deepest, this.deepest);
    return anchor.value;
  }

  /** To kubectl a name ends at the first other character, and the value begins. */
  private anchorName(start: number, end: number): string {
    const name = this.text.slice(start, end);
    if (/^[A-Za-z0-9_-]+$/.test(name)) return name;
    throw new YamlProblem(
      `The anchor "${name.slice(0, 40)}" has a name that readers take in different ways.`,
      start,
      'Use letters, digits, - and _ only.',
    );
  }

  private alias(start: number, end: number): Anchor {
    const name = this.anchorName(start, end);
    const anchor = this.anchors.get(name);
    if (anchor === undefined)
      throw new YamlProblem(
        `The alias *${name} has no anchor.`,
        start,
        `Write &${name} before what it stands for.`,
      );
    if (anchor.open)
      throw new YamlProblem(`The anchor &${name} contains itself.`, start, 'Write the value out.');
    this.aliased += anchor.size;
    if (this.aliased > ALIAS_BASE + ALIAS_RATIO * this.nodes)
      throw new YamlProblem(
        'Its aliases stand for far more than is written.',
        start,
        'Write the values out, or split the document.',
      );
    this.reach(this.depth + anchor.height, start);
    return anchor;
  }

  private reach(depth: number, offset: number): void {
    if (depth > MAX_DEPTH) throw tooDeep(offset);
    if (depth > this.deepest) this.deepest = depth;
  }

  private scalar(event: ScalarEvent): string | number | boolean | null {
    const text = getScalarValue(this.text, event);
    const tag = event.tagStart === -1 ? '' : this.text.slice(event.tagStart, event.tagEnd);
    if (tag === '!' || (tag === '' && event.style !== SCALAR_STYLE.PLAIN)) return text;
    const value = tag === '' ? plainValue(text) : this.tagged(tag, text, event.tagStart);
    if (value === undefined)
      throw new YamlProblem(
        `${text} is a number that JSON does not have.`,
        event.valueStart,
        'Quote it, or write another number.',
      );
    return value;
  }

  private tagged(tag: string, text: string, offset: number): ReturnType<typeof taggedValue> {
    try {
      return taggedValue(this.fullTag(tag), text);
    } catch (error) {
      if (!(error instanceof TagMismatch)) throw error;
      throw new YamlProblem(
        `${error.message}, as its tag ${tag} says.`,
        offset,
        'Correct or leave out the tag.',
      );
    }
  }

  private fullTag(tag: string): string {
    if (tag.startsWith('!<')) return tag.slice(2, -1);
    const end = tag.indexOf('!', 1) + 1;
    const handle = end === 0 ? '!' : tag.slice(0, end);
    return (this.handles.get(handle) ?? handle) + tag.slice(handle.length);
  }

  private sequence(): unknown[] {
    this.enter();
    const items: unknown[] = [];
    while (this.events[this.index]!.type !== EVENT_ID.POP) items.push(this.node());
    this.leave();
    return items;
  }

  private mapping(): Container {
    this.enter();
    const map: Container = {};
    let merged: Set<string> | undefined;
    for (
      let event = this.events[this.index]!;
      event.type !== EVENT_ID.POP;
      event = this.events[this.index]!
    ) {
      if (this.isMerge(event)) {
        this.index++;
        merged ??= new Set();
        this.merge(map, merged, startOf(event));
        continue;
      }
      const key = this.key(event);
      if (Object.hasOwn(map, key) && merged?.has(key) !== true)
        throw new YamlProblem(
          `The key "${key.slice(0, 60)}" stands twice in one map.`,
          startOf(event),
          'Remove one: readers differ in which of them counts.',
        );
      set(map, key, this.node());
    }
    this.leave();
    return map;
  }

  private key(event: Event): string {
    this.refuseTightColon(event);
    const value = this.node();
    const key = value !== null && typeof value === 'object' ? undefined : keyText(value as string);
    if (key !== undefined) return key;
    throw new YamlProblem(
      `A key is ${value === null ? 'null' : 'a list or a map'}.`,
      startOf(event),
      'Write a text as the key.',
    );
  }

  /** In `{a:}` and `[a:]` the colon belongs to the text for kubectl, and ends a key for YAML 1.2. */
  private refuseTightColon(event: Event): void {
    if (event.type !== EVENT_ID.SCALAR || event.style !== SCALAR_STYLE.PLAIN) return;
    const { valueEnd } = event;
    if (this.text[valueEnd] !== ':' || !',]}'.includes(this.text[valueEnd + 1] ?? ' ')) return;
    throw new YamlProblem(
      'A colon stands right before a bracket or comma, which readers take in different ways.',
      valueEnd,
      'Write a space after the colon, or quote the text.',
    );
  }

  private isMerge(event: Event): boolean {
    if (event.type !== EVENT_ID.SCALAR || event.valueEnd - event.valueStart !== 2) return false;
    if (this.text.slice(event.valueStart, event.valueEnd) !== '<<') return false;
    if (event.tagStart === -1) return event.style === SCALAR_STYLE.PLAIN;
    return this.fullTag(this.text.slice(event.tagStart, event.tagEnd)) === 'tag:yaml.org,2002:merge';
  }

  private merge(map: Container, merged: Set<string>, offset: number): void {
    const event = this.events[this.index]!;
    const sources = event.type === EVENT_ID.SEQUENCE ? this.mergeList() : [this.mergeSource(offset)];
    // The first of several wins, so it comes last.
    for (const source of sources.reverse()) {
      for (const key of Object.keys(source)) {
        set(map, key, source[key]);
        merged.add(key);
      }
    }
  }

  private mergeList(): Container[] {
    this.index++;
    this.enter();
    const sources: Container[] = [];
    for (let event = this.events[this.index]!; event.type !== EVENT_ID.POP; event = this.events[this.index]!)
      sources.push(this.mergeSource(startOf(event)));
    this.leave();
    return sources;
  }

  private mergeSource(offset: number): Container {
    const event = this.events[this.index]!;
    if (event.type === EVENT_ID.MAPPING) return this.node() as Container;
    if (event.type === EVENT_ID.ALIAS) {
      this.index++;
      this.nodes++;
      const anchor = this.alias(event.anchorStart, event.anchorEnd);
      if (anchor.isMap) return anchor.value as Container;
    }
    throw new YamlProblem('What << merges is no map.', offset, 'Give it a map, or a list of maps.');
  }

  private enter(): void {
    this.reach(++this.depth, 0);
  }

  private leave(): void {
    this.index++;
    this.depth--;
  }
}

/** The problem of a document that is nested too deep. */
export function tooDeep(offset: number): YamlProblem {
  return new YamlProblem(
    `Lists and maps stand more than ${MAX_DEPTH} deep in each other.`,
    offset,
    'No Kubernetes object needs that: flatten it.',
  );
}

/** Where a node starts in the text; its tag or anchor counts to it. */
export function startOf(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      return event.valueStart;
    case EVENT_ID.ALIAS:
      return event.anchorStart;
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start;
    default:
      return 0;
  }
}

/** Sets a key of its own, also where it is called `__proto__`. */
function set(map: Container, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}
