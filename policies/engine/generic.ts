import { Fault } from './cel/fault';
import { Fields, type Value } from './cel/value';

/** Objects nested deeper are refused, as the API server refuses them. */
export const MAX_DEPTH = 200;

/**
 * A JSON value as CEL sees it where nothing is known about its type: whole numbers are ints, other numbers doubles, and
 * fields that are null are absent.
 *
 * @throws RangeError where it is nested deeper than `MAX_DEPTH`
 */
export function genericValue(value: unknown, depth = 0): Value {
  if (typeof value === 'string' || typeof value === 'boolean' || value instanceof Fault) return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== 'object') return null;
  if (depth > MAX_DEPTH) throw new RangeError(`nested deeper than ${MAX_DEPTH}`);
  if (Array.isArray(value)) return value.map((each) => genericValue(each, depth + 1));
  const fields = new Fields();
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner !== null && inner !== undefined) fields[key] = genericValue(inner, depth + 1);
  }
  return fields;
}
