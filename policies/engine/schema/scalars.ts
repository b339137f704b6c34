import { CelError, Fault } from '../cel/fault';
import { formatTimestamp, parseTimestamp } from '../cel/functions/time';
import { Quantity } from '../cel/quantity';
import { Timestamp, type Value } from '../cel/value';
import { genericValue } from '../generic';
import { formatPath } from '../paths';

/** Where decoding stands, and what it found. */
export interface Progress {
  readonly path: (string | number)[];
  readonly problems: { readonly path: string; readonly message: string; readonly fix?: string }[];
}

/** Decodes values of one type. */
export interface Decoder {
  /** A value that is neither null nor undefined. */
  decode(value: unknown, progress: Progress): Value;
  /** What stands for no value where there has to be one. */
  empty(): Value;
}

/** Notes what a value is and must be; what nobody knows yet is never wrong. */
export function wrong(value: unknown, expected: string, { path, problems }: Progress): Value {
  if (value instanceof Fault) return value;
  const message = `It is ${received(value)}; it must be ${expected}.`;
  problems.push({ path: formatPath(path), message });
  return new CelError(message);
}

/** What a value is, without the value: it may be a secret in the wrong place. */
export function received(value: unknown): string {
  if (value === null) return 'null';
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

/** Reads whole numbers that fit in so many bits. */
export function integer(bits: number): (value: unknown) => Value | undefined {
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

/** The single values, by the codes of `table.ts`, and `n` for any number, `m` for a time to the microsecond. */
export const SCALARS: Readonly<Record<string, Decoder>> = {
  b: scalar('true or false', (value) => (typeof value === 'boolean' ? value : undefined), false),
  d: { decode: (value) => genericValue(value), empty: () => null },
  i: scalar('a whole number of at most 32 bits', integer(32), 0n),
  l: scalar('a whole number of at most 64 bits', integer(64), 0n),
  m: scalar(
    'a time such as 2026-01-31T12:00:00.000000Z',
    (value) => (/\.\d{6}(Z|[+-]\d\d:\d\d)$/.test(String(value)) ? timeOf(value) : undefined),
    null,
  ),
  n: scalar('a number', (value) => (typeof value === 'number' ? value : undefined), 0),
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
