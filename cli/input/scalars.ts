/**
 * What a YAML scalar means to kubectl. It reads YAML with go-yaml v2 (through sigs.k8s.io/yaml), a mix of YAML 1.1 and
 * 1.2: `yes` and `y` are true, `0777` and `0o777` are octal, `1:30` and dates are text. Read otherwise, `hostNetwork: yes`
 * would pass here and be true in the cluster.
 */

const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map(
    (word) => [word, true] as const,
  ),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map(
    (word) => [word, false] as const,
  ),
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
]);

/** Numbers that JSON cannot hold; kubectl refuses them. */
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

const RADIX = /^([-+]?)0(?:[xX]([0-9a-fA-F]+)|[bB]([01]+)|[oO]?([0-7]+))$/;
const DECIMAL = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const FRACTION = /^\.[0-9]+(?:[eE][-+]?[0-9]+)?$/;

/** Go's largest unsigned integer; a longer hexadecimal, octal or binary number is text to it. */
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n;

/** What a plain scalar without a tag means. `undefined` stands for a number that JSON cannot hold. */
export function plainValue(text: string): string | number | boolean | null | undefined {
  const first = text.charCodeAt(0);
  // Most scalars start with a letter, and of these only a few words mean something else than themselves.
  if (first > 0x39 || text === '') {
    const word = text.length < 6 ? WORDS.get(text) : undefined;
    return word === undefined ? text : word;
  }
  const isDigit = first >= 0x30;
  const isSign = first === 0x2b || first === 0x2d;
  const isDot = first === 0x2e;
  if (!isDigit && !isSign && !isDot) return text;
  if (NOT_FINITE.test(text)) return undefined;
  if (isDot) return FRACTION.test(text) ? finite(Number(text), text) : text;
  return number(text.replaceAll('_', '')) ?? text;
}

function number(digits: string): number | undefined {
  const radix = RADIX.exec(digits);
  if (radix !== null) {
    const [, sign, hex, binary, octal] = radix;
    const prefix = hex !== undefined ? '0x' : binary !== undefined ? '0b' : '0o';
    const size = BigInt(prefix + (hex ?? binary ?? octal));
    const fits = sign === '-' ? size <= MAX_INT64 : size <= (sign === '+' ? MAX_INT64 - 1n : MAX_UINT64);
    if (fits) return Number(size) * (sign === '-' && size !== 0n ? -1 : 1);
  }
  return DECIMAL.test(digits) ? finite(Number(digits), undefined) : undefined;
}

function finite<T>(value: number, otherwise: T): number | T {
  return Number.isFinite(value) ? value : otherwise;
}

/** A scalar that does not fit its tag. */
export class TagMismatch extends Error {}

/**
 * What a scalar with a tag means.
 *
 * @param tag the tag, written out, for example `tag:yaml.org,2002:int`; one that YAML does not define means text
 * @throws TagMismatch where the text is nothing of that kind
 */
export function taggedValue(tag: string, text: string): string | number | boolean | null | undefined {
  const kind = tag.startsWith(CORE) ? tag.slice(CORE.length) : 'other';
  const value = plainValue(text);
  switch (kind) {
    case 'binary':
      if (!BASE64.test(text) || text.replace(/\s/g, '').length % 4 !== 0) break;
      return Buffer.from(text, 'base64').toString('utf8');
    case 'null':
      if (value === null) return null;
      break;
    case 'bool':
      if (typeof value === 'boolean') return value;
      break;
    case 'int':
      if (typeof value === 'number' && !/[.eE]/.test(RADIX.test(text) ? '' : text)) return value;
      break;
    case 'float':
      if (typeof value === 'number' || value === undefined) return value;
      break;
    default:
      return text;
  }
  throw new TagMismatch(`"${text.slice(0, 40)}" is no ${kind}`);
}

const CORE = 'tag:yaml.org,2002:';
const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/** What a scalar becomes as a key: JSON knows only text there. `undefined` where kubectl refuses it. */
export function keyText(value: string | number | boolean | null | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'boolean' || Number.isInteger(value)) return String(value);
  return String(Number(Math.fround(value).toPrecision(8)));
}
