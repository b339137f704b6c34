import { compare, equal } from '../equal';
import type { Fault } from '../fault';
import { CelError, noOverload } from '../fault';
import {
  Duration,
  entry,
  int,
  isFields,
  isList,
  MixedMap,
  Timestamp,
  uint,
  Uint,
  type Value,
} from '../value';
import type { FunctionTable } from './table';
import { durationOf, timestampOf } from './time';

type Test = (order: number) => boolean;

function ordered(test: Test): (a: Value, b: Value) => Value {
  return (a, b) => {
    const order = compare(a, b);
    return order instanceof CelError ? order : test(order);
  };
}

function add(a: Value, b: Value): Value {
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (isList(a) && isList(b)) return a.length === 0 ? b : b.length === 0 ? a : [...a, ...b];
  if (a instanceof Uint8Array && b instanceof Uint8Array) return new Uint8Array([...a, ...b]);
  if (a instanceof Duration && b instanceof Duration) return durationOf(a.nanos + b.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return timestampOf(a.nanos + b.nanos);
  if (a instanceof Duration && b instanceof Timestamp) return timestampOf(a.nanos + b.nanos);
  return calculate(
    a,
    b,
    '_+_',
    (x, y) => x + y,
    (x, y) => x + y,
  );
}

function subtract(a: Value, b: Value): Value {
  if (a instanceof Duration && b instanceof Duration) return durationOf(a.nanos - b.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return timestampOf(a.nanos - b.nanos);
  if (a instanceof Timestamp && b instanceof Timestamp) return durationOf(a.nanos - b.nanos);
  return calculate(
    a,
    b,
    '_-_',
    (x, y) => x - y,
    (x, y) => x - y,
  );
}

function calculate(
  a: Value,
  b: Value,
  operation: string,
  whole: (x: bigint, y: bigint) => bigint,
  double?: (x: number, y: number) => number,
): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return int(whole(a, b));
  if (a instanceof Uint && b instanceof Uint) return uint(whole(a.value, b.value));
  if (typeof a === 'number' && typeof b === 'number' && double !== undefined) return double(a, b);
  return noOverload(operation);
}

function isZero(value: Value): boolean {
  return value === 0n || (value instanceof Uint && value.value === 0n);
}

function negate(value: Value): Value {
  if (typeof value === 'bigint') return int(-value);
  return typeof value === 'number' ? -value : noOverload('-_');
}

/** `list[1]`, `map["key"]`. */
export function index(container: Value, key: Value): Value {
  if (isList(container)) {
    const at = key instanceof Uint ? key.value : key;
    const whole = typeof at === 'number' && Number.isInteger(at) ? BigInt(at) : at;
    if (typeof whole !== 'bigint') return noOverload('_[_]');
    const element = container[Number(whole)];
    return element === undefined ? new CelError(`index out of bounds: ${whole}`) : element;
  }
  if (isFields(container) || container instanceof MixedMap) {
    const value = entry(container, key);
    return value === undefined ? new CelError('no such key') : value;
  }
  return noOverload('_[_]');
}

/** Whether a list holds an element, or a map a key. */
export function contains(element: Value, container: Value): Value {
  if (isList(container)) {
    let fault: Fault | undefined;
    for (const each of container) {
      const result = equal(each, element);
      if (result === true) return true;
      if (result !== false) fault ??= result;
    }
    return fault ?? false;
  }
  if (isFields(container) || container instanceof MixedMap) return entry(container, element) !== undefined;
  return noOverload('@in');
}

/** The operators, but for those that do not evaluate all their operands. */
export const ARITHMETIC: FunctionTable = {
  '_+_/2': add,
  '_-_/2': subtract,
  '_*_/2': (a, b) =>
    calculate(
      a,
      b,
      '_*_',
      (x, y) => x * y,
      (x, y) => x * y,
    ),
  '_/_/2': (a, b) =>
    typeof a !== 'number' && isZero(b)
      ? new CelError('division by zero')
      : calculate(
          a,
          b,
          '_/_',
          (x, y) => x / y,
          (x, y) => x / y,
        ),
  '_%_/2': (a, b) => (isZero(b) ? new CelError('modulus by zero') : calculate(a, b, '_%_', (x, y) => x % y)),
  '-_/1': negate,
  '!_/1': (value) => (typeof value === 'boolean' ? !value : noOverload('!_')),
  '_==_/2': (a, b) => equal(a, b),
  '_!=_/2': (a, b) => {
    const result = equal(a, b);
    return typeof result === 'boolean' ? !result : result;
  },
  '_<_/2': ordered((order) => order < 0),
  '_<=_/2': ordered((order) => order <= 0),
  '_>_/2': ordered((order) => order > 0),
  '_>=_/2': ordered((order) => order >= 0),
  '_[_]/2': index,
  '@in/2': contains,
};
