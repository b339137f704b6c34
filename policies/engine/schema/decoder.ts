import { CelError, Fault } from '../cel/fault';
import { formatTimestamp, parseTimestamp } from '../cel/functions/time';
import { Quantity } from '../cel/quantity';
import { Fields, isFields, isList, Timestamp, type Value } from '../cel/value';
import { genericValue } from '../generic';
import { formatPath } from '../paths';
import { DEFAULTS } from './defaults';
import { KUBERNETES_TYPES } from './table';

/** Where decoding stands, and what it found. */
export interface Progress {
  readonly path: (string | number)[];
  readonly problems: { readonly path: string; readonly message: string }[];
}

/** Decodes values of one type. */
interface Decoder {
  /** A value that is neither null nor undefined. */
  decode(value: unknown, progress: Progress): Value;
  /** What stands for no value where there has to be one. */
  empty(): Value;
}

interface Field {
  readonly decoder: Decoder;
  /** Whether the field is left out where its value is empty. */
  readonly omitted: boolean;
}

/** The decoder of a kind; undefined for kinds that are not in the table. */
export function decoderOf(apiVersion: string, kind: string): Decoder | undefined {
  const key = `${apiVersion} ${kind}`;
  const { kinds } = KUBERNETES_TYPES;
  return Object.hasOwn(kinds, key) ? decoderFor(kinds[key]!) : undefined;
}

const decoders = new Map<string, Decoder>();

function decoderFor(code: string): Decoder {
  const known = decoders.get(code);
  if (known !== undefined) return known;
  const made = makeDecoder(code);
  decoders.set(code, made);
  return made;
}

function makeDecoder(code: string): Decoder {
  const rest = code.slice(1);
  if (Object.hasOwn(SCALARS, code)) return SCALARS[code]!;
  switch (code[0]) {
    case '*':
      return { ...decoderFor(rest), empty: () => null };
    case '[':
      return listDecoder(rest);
    case '{':
      return mapDecoder(rest);
    default:
      return structDecoder(code);
  }
}

function wrong(value: unknown, expected: string, { path, problems }: Progress): Value {
  if (value instanceof Fault) return value;
  const message = `It is ${received(value)}; it must be ${expected}.`;
  problems.push({ path: formatPath(path), message });
  return new CelError(message);
}

/** What a value is, without the value: it may be a secret in the wrong place. */
function received(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number' : 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function scalar(expected: string, read: (value: unknown) => Value | undefined, empty: Value): Decoder {
  return {
    decode: (value, progress) => read(value) ?? wrong(value, expected, progress),
    empty: () => empty,
  };
}

function integer(bits: number): (value: unknown) => Value | undefined {
  const limit = 2 ** (bits - 1);
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit
      ? BigInt(value)
      : undefined;
}

function timeOf(value: unknown): Value | undefined {
  const time = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (!(time instanceof Timestamp)) return undefined;
  return formatTimestamp(new Timestamp(time.nanos - (((time.nanos % SECOND) + SECOND) % SECOND)));
}

const SECOND = 10n ** 9n;

function base64Of(value: unknown): Value | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replace(/[\r\n]/g, '');
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return text === '' ? '' : Buffer.from(text, 'base64').toString('base64');
}

/** Few amounts stand in a file, many times each. */
const KEPT = 1000;

/** The canonical text of a quantity. */
function quantities(canonical: (quantity: Quantity) => Quantity): (value: unknown) => Value | undefined {
  const known = new Map<string | number, string>();
  return (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    const text = known.get(value);
    if (text !== undefined) return text;
    const quantity = Quantity.parse(String(value).trim());
    if (quantity === undefined) return undefined;
    if (known.size >= KEPT) known.clear();
    known.set(value, canonical(quantity).toString());
    return known.get(value);
  };
}

const SCALARS: Readonly<Record<string, Decoder>> = {
  b: scalar('true or false', (value) => (typeof value === 'boolean' ? value : undefined), false),
  d: { decode: (value) => genericValue(value), empty: () => null },
  i: scalar('a whole number of at most 32 bits', integer(32), 0n),
  l: scalar('a whole number of at most 64 bits', integer(64), 0n),
  q: scalar(
    'a quantity such as 500m or 1Gi',
    quantities((quantity) => quantity),
    '0',
  ),
  resource: scalar(
    'a quantity such as 500m or 1Gi',
    quantities((quantity) => quantity.roundedUp()),
    '0',
  ),
  s: scalar('a string', (value) => (typeof value === 'string' ? value : undefined), ''),
  t: scalar('a time such as 2026-01-31T12:00:00Z', timeOf, null),
  x: scalar(
    'a whole number of at most 32 bits, or a string',
    (value) => (typeof value === 'string' ? value : integer(32)(value)),
    0n,
  ),
  y: scalar('bytes in base64', base64Of, null),
};

function listDecoder(code: string): Decoder {
  const element = decoderFor(code);
  return {
    decode: (value, progress) => {
      if (!Array.isArray(value)) return wrong(value, 'a list', progress);
      return value.map((each: unknown, index) => {
        if (each === null || each === undefined) return element.empty();
        progress.path.push(index);
        const decoded = element.decode(each, progress);
        progress.path.pop();
        return decoded;
      });
    },
    empty: () => null,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Fault);
}

function mapDecoder(code: string): Decoder {
  const element = decoderFor(code === 'q' ? 'resource' : code);
  return {
    decode: (value, progress) => {
      if (!isObject(value)) return wrong(value, 'an object', progress);
      const fields = new Fields();
      for (const key of Object.keys(value)) {
        const each = value[key];
        if (each === undefined) continue;
        progress.path.push(key);
        fields[key] = each === null ? element.empty() : element.decode(each, progress);
        progress.path.pop();
      }
      return fields;
    },
    empty: () => null,
  };
}

/** The fields of a type are looked up when it is first used: types refer to one another. */
function structDecoder(name: string): Decoder {
  const types = KUBERNETES_TYPES.types[name]!;
  const fields = new Map<string, Field>();
  const always: [string, Decoder][] = [];
  const complete = DEFAULTS[name];
  const prepare = (): void => {
    for (const [field, code] of Object.entries(types)) {
      const decoder = decoderFor(code.slice(1));
      fields.set(field, { decoder, omitted: code.startsWith('?') && code[1] !== '*' });
      if (code.startsWith('!')) always.push([field, decoder]);
    }
  };
  const decode = (value: unknown, progress: Progress): Value => {
    if (!isObject(value)) return wrong(value, 'an object', progress);
    if (fields.size === 0) prepare();
    const result = new Fields();
    for (const key of Object.keys(value)) {
      const field = fields.get(key);
      const each = value[key];
      if (field === undefined || each === null || each === undefined) continue;
      progress.path.push(key);
      const decoded = field.decoder.decode(each, progress);
      progress.path.pop();
      if (!field.omitted || !isEmpty(decoded)) result[key] = decoded;
    }
    for (const [key, decoder] of always) if (result[key] === undefined) result[key] = decoder.empty();
    complete?.(result);
    return result;
  };
  return { decode, empty: () => decode({}, { path: [], problems: [] }) };
}

function isEmpty(value: Value): boolean {
  if (value === '' || value === 0n || value === false || value === null) return true;
  if (isList(value)) return value.length === 0;
  return isFields(value) && Object.keys(value).length === 0;
}
