import { CelError, noOverload } from '../fault';
import { isAstral, isFields, isList, MixedMap, keysOf, type Value } from '../value';
import { faultAmong, indexOfElement, lastIndexOfElement } from './lists';
import type { FunctionTable } from './table';

/** The characters as CEL counts them. A text without surrogates is indexed as it stands. */
function characters(text: string): readonly string[] | string {
  return isAstral(text) ? [...text] : text;
}

function slice(text: string, from: number, to?: number): string {
  const all = characters(text);
  return typeof all === 'string' ? all.slice(from, to) : all.slice(from, to).join('');
}

/** How many code points stand before a place in the JavaScript string. */
function position(text: string, at: number): bigint {
  return BigInt(at <= 0 ? at : characters(text.slice(0, at)).length);
}

function size(value: Value): Value {
  if (typeof value === 'string') return BigInt(characters(value).length);
  if (isList(value) || value instanceof Uint8Array) return BigInt(value.length);
  if (isFields(value) || value instanceof MixedMap) return BigInt(keysOf(value)!.length);
  return noOverload('size');
}

function charAt(text: Value, at: Value): Value {
  if (typeof text !== 'string' || typeof at !== 'bigint') return noOverload('charAt');
  const all = characters(text);
  if (at < 0n || at > BigInt(all.length)) return new CelError(`index out of range: ${at}`);
  return all[Number(at)] ?? '';
}

function indexOf(text: Value, part: Value, offset?: Value): Value {
  if (isList(text) && offset === undefined) return indexOfElement(text, part);
  const start = offset ?? 0n;
  if (typeof text !== 'string' || typeof part !== 'string' || typeof start !== 'bigint') {
    return noOverload('indexOf');
  }
  if (start < 0n) return new CelError(`index out of range: ${start}`);
  const length = characters(text).length;
  if (part === '') return start > BigInt(length) ? BigInt(length) : start;
  if (start >= BigInt(length)) return -1n;
  const skipped = slice(text, 0, Number(start)).length;
  return position(text, text.indexOf(part, skipped));
}

function lastIndexOf(text: Value, part: Value, offset?: Value): Value {
  if (isList(text) && offset === undefined) return lastIndexOfElement(text, part);
  if (typeof text !== 'string' || typeof part !== 'string') return noOverload('lastIndexOf');
  const length = BigInt(characters(text).length);
  if (offset === undefined) return part === '' ? length : position(text, text.lastIndexOf(part));
  if (typeof offset !== 'bigint') return noOverload('lastIndexOf');
  if (offset < 0n) return new CelError(`index out of range: ${offset}`);
  if (part === '') return offset > length ? length : offset;
  if (offset >= length) return -1n;
  return position(text, text.lastIndexOf(part, slice(text, 0, Number(offset)).length));
}

function substring(text: Value, from: Value, to?: Value): Value {
  if (typeof text !== 'string' || typeof from !== 'bigint') return noOverload('substring');
  const end = to ?? BigInt(characters(text).length);
  if (typeof end !== 'bigint') return noOverload('substring');
  if (from < 0n || end > BigInt(characters(text).length) || from > end) {
    return new CelError(`index out of range: ${from}, ${end}`);
  }
  return slice(text, Number(from), Number(end));
}

function replace(text: Value, old: Value, by: Value, count: Value = -1n): Value {
  if (
    typeof text !== 'string' ||
    typeof old !== 'string' ||
    typeof by !== 'string' ||
    typeof count !== 'bigint'
  ) {
    return noOverload('replace');
  }
  // An empty text stands before, between and behind all characters.
  const all = old === '' && text !== '' ? ['', ...text, ''] : old === '' ? ['', ''] : text.split(old);
  return all
    .slice(1)
    .reduce((done, piece, i) => done + (count < 0n || BigInt(i) < count ? by : old) + piece, all[0]!);
}

/** What stands between the separators; by an empty one, the characters. */
function pieces(text: string, separator: string): string[] {
  return separator === '' ? [...text] : text.split(separator);
}

function split(text: Value, separator: Value, limit: Value = -1n): Value {
  if (typeof text !== 'string' || typeof separator !== 'string' || typeof limit !== 'bigint') {
    return noOverload('split');
  }
  const all = pieces(text, separator);
  if (limit < 0n || BigInt(all.length) <= limit) return all;
  if (limit === 0n) return [];
  const head = all.slice(0, Number(limit) - 1);
  return [...head, all.slice(head.length).join(separator)];
}

function join(list: Value, separator: Value = ''): Value {
  if (!isList(list) || typeof separator !== 'string') return noOverload('join');
  const fault = faultAmong(list);
  if (fault !== undefined) return fault;
  return list.every((each) => typeof each === 'string') ? list.join(separator) : noOverload('join');
}

function asciiCase(change: (text: string) => string, letters: RegExp): (text: Value) => Value {
  return (text) => (typeof text === 'string' ? text.replace(letters, change) : noOverload('ASCII case'));
}

/** A function over two texts. */
function both(name: string, test: (a: string, b: string) => Value): (a: Value, b: Value) => Value {
  return (a, b) => (typeof a === 'string' && typeof b === 'string' ? test(a, b) : noOverload(name));
}

/** White space as Go trims it: JavaScript also counts U+FEFF, and forgets U+0085. */
const EDGES = /^(?:(?!\ufeff)[\s\u0085])+|(?:(?!\ufeff)[\s\u0085])+$/g;

/** Functions over text. */
export const STRINGS: FunctionTable = {
  'size/1': size,
  '.size/0': size,
  '.contains/1': both('contains', (a, b) => a.includes(b)),
  '.startsWith/1': both('startsWith', (a, b) => a.startsWith(b)),
  '.endsWith/1': both('endsWith', (a, b) => a.endsWith(b)),
  '.charAt/1': charAt,
  '.indexOf/1': (text, part) => indexOf(text, part),
  '.indexOf/2': indexOf,
  '.lastIndexOf/1': (text, part) => lastIndexOf(text, part),
  '.lastIndexOf/2': lastIndexOf,
  '.lowerAscii/0': asciiCase((text) => text.toLowerCase(), /[A-Z]+/g),
  '.upperAscii/0': asciiCase((text) => text.toUpperCase(), /[a-z]+/g),
  '.replace/2': (text, old, by) => replace(text, old, by),
  '.replace/3': replace,
  '.split/1': (text, separator) => split(text, separator),
  '.split/2': split,
  '.substring/1': (text, from) => substring(text, from),
  '.substring/2': substring,
  '.trim/0': (text) => (typeof text === 'string' ? text.replace(EDGES, '') : noOverload('trim')),
  '.join/0': (list) => join(list),
  '.join/1': join,
};
