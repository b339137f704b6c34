import { CelError, noOverload } from '../fault';
import { Cidr, Ip } from '../../../../model';
import { Quantity } from '../quantity';
import {
  Duration,
  int,
  isFields,
  isList,
  MixedMap,
  Timestamp,
  TypeValue,
  Uint,
  uint,
  type Value,
} from '../value';
import type { FunctionTable } from './table';
import { formatDuration, formatTimestamp, parseDuration, parseTimestamp, timestampOf } from './time';

/** The name of a value's type. */
export function typeName(value: Value): string {
  if (value === null) return 'null_type';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (isList(value)) return 'list';
  if (isFields(value) || value instanceof MixedMap) return 'map';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Quantity) return 'kubernetes.Quantity';
  if (value instanceof Ip) return 'net.IP';
  return value instanceof Cidr ? 'net.CIDR' : 'type';
}

function toInt(value: Value): Value {
  if (typeof value === 'bigint') return value;
  if (value instanceof Uint) return int(value.value);
  // The largest int is no double; the one above it must not be rounded down to fit.
  if (typeof value === 'number') {
    return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : new CelError('integer overflow');
  }
  if (typeof value === 'string')
    return /^[+-]?\d+$/.test(value) ? int(signed(value)) : new CelError('no int');
  return value instanceof Timestamp ? floorDiv(value.nanos, 10n ** 9n) : noOverload('int');
}

function signed(text: string): bigint {
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''));
}

function floorDiv(a: bigint, b: bigint): bigint {
  return (a - (((a % b) + b) % b)) / b;
}

function toUint(value: Value): Value {
  if (value instanceof Uint) return value;
  if (typeof value === 'bigint') return uint(value);
  if (typeof value === 'number') {
    return value >= 0 && value < 2 ** 64
      ? new Uint(BigInt(Math.trunc(value)))
      : new CelError('uint overflow');
  }
  if (typeof value !== 'string') return noOverload('uint');
  return /^\d+$/.test(value) ? uint(BigInt(value)) : new CelError('no uint');
}

function toDouble(value: Value): Value {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (typeof value !== 'string') return noOverload('double');
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) {
    const double = Number(value);
    return Number.isFinite(double) ? double : new CelError('double overflow');
  }
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(value);
  if (special === null) return new CelError('no double');
  return special[2]!.toLowerCase() === 'nan' ? NaN : special[1] === '-' ? -Infinity : Infinity;
}

/** A double as Go's `%g` writes it: with an exponent from a million on, or below a ten-thousandth. */
export function formatDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [, digits, sign, power] = /^(-?[\d.]+)e([+-])(\d+)$/.exec(value.toExponential())!;
  const exponent = Number(`${sign}${power}`);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${digits}e${sign}${power!.padStart(2, '0')}`;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function toText(value: Value): Value {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return formatDouble(value);
  if (value instanceof Uint) return value.value.toString();
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof Ip || value instanceof Cidr) return value.toString();
  if (!(value instanceof Uint8Array)) return noOverload('string');
  try {
    return UTF8.decode(value);
  } catch {
    return new CelError('bytes that are no text');
  }
}

const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

function toBool(value: Value): Value {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return noOverload('bool');
  if (TRUE.includes(value)) return true;
  return FALSE.includes(value) ? false : new CelError('no bool');
}

function toTimestamp(value: Value): Value {
  if (value instanceof Timestamp) return value;
  if (typeof value === 'bigint') return timestampOf(value * 10n ** 9n);
  return typeof value === 'string' ? parseTimestamp(value) : noOverload('timestamp');
}

function toDuration(value: Value): Value {
  if (value instanceof Duration) return value;
  if (typeof value === 'bigint') return new Duration(value);
  return typeof value === 'string' ? parseDuration(value) : noOverload('duration');
}

/** Functions that turn one type into another. */
export const CONVERSIONS: FunctionTable = {
  'bool/1': toBool,
  'bytes/1': (value) =>
    typeof value === 'string'
      ? new TextEncoder().encode(value)
      : value instanceof Uint8Array
        ? value
        : noOverload('bytes'),
  'double/1': toDouble,
  'duration/1': toDuration,
  'dyn/1': (value) => value,
  'int/1': toInt,
  'string/1': toText,
  'timestamp/1': toTimestamp,
  'type/1': (value) => new TypeValue(typeName(value)),
  'uint/1': toUint,
};
