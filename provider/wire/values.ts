/**
 * Values as Pulumi hands them to a provider: a secret comes wrapped, and so does what is not known yet. The keys and marks are those of
 * Pulumi's wire format.
 */

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const OUTPUT = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** Stands for what is not known before something else is made. */
export const unknown: unique symbol = Symbol('unknown');

type Wrapped = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Wrapped {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value without its wrappings; what is not known is {@link unknown}. */
export function unwrap(value: unknown): unknown {
  if (value === UNKNOWN) return unknown;
  if (Array.isArray(value)) return value.map(unwrap);
  if (!isObject(value)) return value;
  switch (value[SIGNATURE]) {
    case SECRET:
      return unwrap(value.value);
    case OUTPUT:
      return 'value' in value ? unwrap(value.value) : unknown;
    default:
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]));
  }
}

/** A value that Pulumi keeps encrypted and never shows. */
export function secret(value: unknown): unknown {
  return { [SIGNATURE]: SECRET, value };
}

/** Whether a value is secret, or has something secret in it. */
export function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (!isObject(value)) return false;
  if (value[SIGNATURE] === SECRET) return true;
  if (value[SIGNATURE] === OUTPUT) return value.secret === true || holdsSecret(value.value);
  return Object.values(value).some(holdsSecret);
}

/** Whether something in a value that was unwrapped is not known yet. */
export function holdsUnknown(value: unknown): boolean {
  if (value === unknown) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  return isObject(value) && Object.values(value).some(holdsUnknown);
}
