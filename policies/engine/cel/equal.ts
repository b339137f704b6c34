import { CelError, Fault, noOverload, UNKNOWN, worse } from './fault';
import { Cidr, Ip } from '../../../model';
import { Quantity } from './quantity';
import {
  Duration,
  entry,
  isAstral,
  isFields,
  isList,
  keysOf,
  MixedMap,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from './value';

/** Equality of CEL: numbers by what they amount to, other types never equal one another. */
export function equal(a: Value, b: Value): boolean | Fault {
  if (typeof a === 'string' || typeof a === 'boolean' || a === null) {
    return a === b || (b instanceof Fault ? b : false);
  }
  if (a instanceof Fault) return b === UNKNOWN ? b : a;
  if (b instanceof Fault) return b;
  const left = number(a);
  if (left !== undefined) {
    const right = number(b);
    return right !== undefined && order(left, right) === 0;
  }
  if (isList(a))
    return isList(b) && a.length === b.length && equalAll(a, (i) => [a[i as number]!, b[i as number]!]);
  if (isFields(a) || a instanceof MixedMap) return equalMaps(a, b);
  return equalOpaque(a, b);
}

function equalOpaque(a: Value, b: Value): boolean {
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Quantity) return b instanceof Quantity && a.nanos === b.nanos;
  if (a instanceof Ip) return b instanceof Ip && a.equals(b);
  if (a instanceof Cidr) return b instanceof Cidr && a.equals(b);
  return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
}

function equalMaps(a: Value, b: Value): boolean | Fault {
  const keys = keysOf(a)!;
  const others = keysOf(b);
  if (others === undefined || keys.length !== others.length) return false;
  if (keys.some((key) => entry(b, key) === undefined)) return false;
  return equalAll(keys, (i) => [entry(a, keys[i]!)!, entry(b, keys[i]!)!]);
}

/** False where one pair differs, whatever is unknown about the others. */
function equalAll(keys: readonly unknown[], pair: (index: number) => [Value, Value]): boolean | Fault {
  let fault: Fault | undefined;
  for (let i = 0; i < keys.length; i += 1) {
    const result = equal(...pair(i));
    if (result === false) return false;
    if (result !== true) fault = worse(fault, result);
  }
  return fault ?? true;
}

/** A number of any type as something that JavaScript can compare. */
export function number(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof Uint ? value.value : undefined;
}

/** An int beside a double is compared as a double, as the API server does; NaN has no order, not even to itself. */
function order(a: bigint | number, b: bigint | number): number {
  const [left, right] = typeof a === typeof b ? [a, b] : [Number(a), Number(b)];
  return left < right ? -1 : left > right ? 1 : left === right ? 0 : NaN;
}

/** Negative, zero or positive, as `a` comes before, with or after `b`; an error where they have no order. */
export function compare(a: Value, b: Value): number | CelError {
  const left = number(a);
  const right = number(b);
  if (left !== undefined && right !== undefined) {
    if (Number.isNaN(left) || Number.isNaN(right)) return new CelError('NaN values cannot be ordered');
    return order(left, right);
  }
  if (typeof a === 'string' && typeof b === 'string') {
    // By code points: UTF-16 sorts those beyond 16 bits too early.
    if (isAstral(a) || isAstral(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (
    (a instanceof Timestamp && b instanceof Timestamp) ||
    (a instanceof Duration && b instanceof Duration) ||
    (a instanceof Quantity && b instanceof Quantity)
  ) {
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  }
  return noOverload('comparison');
}
