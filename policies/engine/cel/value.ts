import type { Fault } from './fault';
import { CelError } from './fault';
import type { Cidr, Ip } from '../../../model';
import type { Quantity } from './quantity';

/** An unsigned integer; the signed ones are bigints. */
export class Uint {
  public constructor(public readonly value: bigint) {}
}

/** A point in time: nanoseconds since 1970. */
export class Timestamp {
  public constructor(public readonly nanos: bigint) {}
}

/** A length of time, in nanoseconds. */
export class Duration {
  public constructor(public readonly nanos: bigint) {}
}

/** A type as a value, as `type(x)` returns it. */
export class TypeValue {
  public constructor(public readonly name: string) {}
}

/**
 * A map whose keys are all strings. Nothing is inherited, so that keys such as `constructor` and `__proto__` are data; an
 * instance is nevertheless a fast object for the JavaScript engine, which one made by `Object.create(null)` is not.
 */
export interface Fields {
  [key: string]: Value;
}

/** Makes empty `Fields`. */
export const Fields = function Fields() {} as unknown as new () => Fields;
Object.defineProperty(Fields, 'prototype', { value: Object.freeze(Object.create(null)), writable: false });

/** A map with a key that is no string. */
export class MixedMap {
  readonly #entries = new Map<string | boolean | bigint, readonly [Value, Value]>();

  /** Adds an entry; false where the key is there already, or cannot be one. */
  public add(key: Value, value: Value): boolean {
    const known = mapKey(key);
    if (known === undefined || this.#entries.has(known)) return false;
    this.#entries.set(known, [key, value]);
    return true;
  }

  public get size(): number {
    return this.#entries.size;
  }

  /** The value of a key; undefined where there is none. */
  public get(key: Value): Value | undefined {
    const known = mapKey(key);
    return known === undefined ? undefined : this.#entries.get(known)?.[1];
  }

  public keys(): Value[] {
    return [...this.#entries.values()].map(([key]) => key);
  }
}

/** Equal numbers are one key, whatever their types. */
function mapKey(key: Value): string | boolean | bigint | undefined {
  if (typeof key === 'string' || typeof key === 'boolean' || typeof key === 'bigint') return key;
  if (key instanceof Uint) return key.value;
  return typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : undefined;
}

/** Everything that an expression can compute with: ints are bigints, doubles are numbers, lists are arrays. */
export type Value =
  | boolean
  | bigint
  | number
  | string
  | null
  | Uint8Array
  | Uint
  | Timestamp
  | Duration
  | TypeValue
  | Quantity
  | Ip
  | Cidr
  | MixedMap
  | Fault
  | readonly Value[]
  | Fields;

/** Whether a value is a list. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Whether a value is a map with string keys only. */
export function isFields(value: Value): value is Fields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Fields.prototype;
}

/** The entry of a map; undefined where there is none, and for what is no map. */
export function entry(map: Value, key: Value): Value | undefined {
  if (isFields(map)) return typeof key === 'string' ? map[key] : undefined;
  return map instanceof MixedMap ? map.get(key) : undefined;
}

/** The keys of a map; undefined for what is none. */
export function keysOf(value: Value): readonly Value[] | undefined {
  if (isFields(value)) return Object.keys(value);
  return value instanceof MixedMap ? value.keys() : undefined;
}

/** Whether a text holds code points beyond 16 bits, for which JavaScript counts two characters. */
export function isAstral(text: string): boolean {
  return /[\ud800-\udfff]/.test(text);
}

export const MAX_INT = 2n ** 63n - 1n;
export const MIN_INT = -(2n ** 63n);
export const MAX_UINT = 2n ** 64n - 1n;

/** An int, or the error that it is too large for one. */
export function int(value: bigint): Value {
  return value > MAX_INT || value < MIN_INT ? new CelError('integer overflow') : value;
}

/** A uint, or the error that it is too large, or negative. */
export function uint(value: bigint): Value {
  return value > MAX_UINT || value < 0n ? new CelError('unsigned integer overflow') : new Uint(value);
}
