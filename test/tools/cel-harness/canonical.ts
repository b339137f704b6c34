import { typeName } from '../../../policies/engine/cel/functions/conversions';
import { Quantity } from '../../../policies/engine/cel/quantity';
import {
  Duration,
  entry,
  isFields,
  isList,
  keysOf,
  MixedMap,
  Timestamp,
  TypeValue,
  Uint,
  type Value,
} from '../../../policies/engine/cel/value';

/** One text for each value, the same that `evaluate.go` writes. */
export function canonical(value: Value): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return `d${exponential(value)}`;
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('hex')}`;
  if (value instanceof Timestamp) return `t${value.nanos / 10n ** 9n}.${value.nanos % 10n ** 9n}`;
  if (value instanceof Duration) return `D${value.nanos}`;
  if (value instanceof TypeValue) return `type ${value.name}`;
  if (value instanceof Quantity) return `kubernetes.Quantity ${value.toString()}`;
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isFields(value) && !(value instanceof MixedMap)) return `${typeName(value)} ${String(value)}`;
  const entries = keysOf(value)!.map((key) => `${canonical(key)}:${canonical(entry(value, key)!)}`);
  return `{${entries.sort().join(',')}}`;
}

/** A double as Go writes it with `e`: two digits of exponent at least. */
function exponential(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  return (Object.is(value, -0) ? '-0e+0' : value.toExponential()).replace(/e([+-])(\d)$/, 'e$10$2');
}
