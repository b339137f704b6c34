import { CelError, noOverload } from '../fault';
import { Duration, MAX_INT, MIN_INT, Timestamp, type Value } from '../value';
import type { FunctionTable } from './table';

const SECOND = 10n ** 9n;
const FIRST = -62_135_596_800n * SECOND;
const LAST = 253_402_300_800n * SECOND - 1n;

const UNITS: Readonly<Record<string, bigint>> = {
  h: 3600n * SECOND,
  m: 60n * SECOND,
  s: SECOND,
  ms: 10n ** 6n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ns: 1n,
};

/** A timestamp, or the error that it is not within the years 1 to 9999. */
export function timestampOf(nanos: bigint): Value {
  return nanos < FIRST || nanos > LAST ? new CelError('timestamp overflow') : new Timestamp(nanos);
}

/** A duration, or the error that its nanoseconds exceed 64 bits. */
export function durationOf(nanos: bigint): Value {
  return nanos < MIN_INT || nanos > MAX_INT ? new CelError('duration overflow') : new Duration(nanos);
}

const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/;

/** Reads `2026-11-23T13:00:00.5Z`. */
export function parseTimestamp(text: string): Value {
  const parts = RFC3339.exec(text);
  const millis = parts === null ? NaN : Date.parse(`${parts[1]}${parts[3]}`);
  // Date lets the 31st of a short month pass as the 1st of the next, and 24:00.
  if (Number.isNaN(millis) || new Date(`${parts![1]}Z`).toISOString().slice(0, 19) !== parts![1]) {
    return new CelError('no timestamp');
  }
  return timestampOf(BigInt(millis) * 10n ** 6n + BigInt((parts![2] ?? '').padEnd(9, '0')));
}

/** Reads `1h30m`, `-1.5s`. */
export function parseDuration(text: string): Value {
  const [, sign, rest = ''] = /^([+-]?)(.*)$/s.exec(text)!;
  if (rest === '0') return new Duration(0n);
  if (!/^((\d+\.?\d*|\.\d+)(h|m|s|ms|us|µs|μs|ns))+$/.test(rest)) return new CelError('no duration');
  let nanos = 0n;
  for (const [, whole = '', fraction = '', unit] of rest.matchAll(/(\d*)\.?(\d*)(h|ms|m|us|µs|μs|ns|s)/g)) {
    nanos += (BigInt(whole + fraction) * UNITS[unit!]!) / 10n ** BigInt(fraction.length);
  }
  return durationOf(sign === '-' ? -nanos : nanos);
}

/** `2026-11-23T13:00:00.5Z`. */
export function formatTimestamp({ nanos }: Timestamp): string {
  const rest = ((nanos % SECOND) + SECOND) % SECOND;
  const text = new Date(Number((nanos - rest) / 10n ** 6n)).toISOString().slice(0, 19);
  return `${text}${fractionText(rest)}Z`;
}

/** `90.5s`. */
export function formatDuration({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos;
  return `${nanos < 0n ? '-' : ''}${size / SECOND}${fractionText(size % SECOND)}s`;
}

function fractionText(nanos: bigint): string {
  return nanos === 0n ? '' : `.${nanos.toString().padStart(9, '0').replace(/0+$/, '')}`;
}

/** The date and time that clocks of a time zone show, as if it were UTC; undefined where there is no such zone. */
function local(nanos: bigint, zone: string): Date | undefined {
  const millis = Number((nanos - (((nanos % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n);
  const offset = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return new Date(millis + (offset[1] === '-' ? -minutes : minutes) * 60_000);
  }
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    const shown = format.formatToParts(millis).find(({ type }) => type === 'timeZoneName')!.value;
    const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(shown)!;
    const shift = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    return new Date(millis + shift * 60_000);
  } catch {
    return undefined;
  }
}

type Part = (date: Date) => number;

function part(read: Part): (time: Value, zone?: Value) => Value {
  return (time, zone = 'UTC') => {
    if (!(time instanceof Timestamp) || typeof zone !== 'string') return noOverload('timestamp part');
    const date = local(time.nanos, zone);
    return date === undefined ? new CelError('no such time zone') : BigInt(read(date));
  };
}

/** A part of a timestamp, or a duration as a whole in that unit. */
function partOrTotal(read: Part, unit: bigint): (time: Value, zone?: Value) => Value {
  const ofTime = part(read);
  return (time, zone) =>
    time instanceof Duration && zone === undefined ? time.nanos / unit : ofTime(time, zone);
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000);
}

const PARTS: Readonly<Record<string, (time: Value, zone?: Value) => Value>> = {
  getFullYear: part((date) => date.getUTCFullYear()),
  getMonth: part((date) => date.getUTCMonth()),
  getDate: part((date) => date.getUTCDate()),
  getDayOfMonth: part((date) => date.getUTCDate() - 1),
  getDayOfWeek: part((date) => date.getUTCDay()),
  getDayOfYear: part(dayOfYear),
  getHours: partOrTotal((date) => date.getUTCHours(), UNITS.h!),
  getMinutes: partOrTotal((date) => date.getUTCMinutes(), UNITS.m!),
  getSeconds: partOrTotal((date) => date.getUTCSeconds(), UNITS.s!),
  getMilliseconds: partOrTotal((date) => date.getUTCMilliseconds(), UNITS.ms!),
};

/** The parts of timestamps and durations. */
export const TIME: FunctionTable = Object.fromEntries(
  Object.entries(PARTS).flatMap(([name, read]) => [
    [`.${name}/0`, (time: Value) => read(time)],
    [`.${name}/1`, (time: Value, zone: Value) => read(time, zone)],
  ]),
);
