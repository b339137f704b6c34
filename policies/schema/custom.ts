import { Fault } from '../engine/cel/fault';
import { wrong, type Progress } from '../engine/schema/scalars';
import type { CustomSchema } from './definitions';
import { descend, isObject, noteFields, type Check } from './fields';
import { noteValue } from './value-rules';

/** The JSON types of a schema, and how a message calls them. */
const TYPES: Readonly<Record<string, readonly [wanted: string, takes: (value: unknown) => boolean]>> = {
  array: ['a list', Array.isArray],
  boolean: ['true or false', (value) => typeof value === 'boolean'],
  integer: ['a whole number', Number.isInteger],
  number: ['a number', (value) => typeof value === 'number'],
  object: ['an object', isObject],
  string: ['a string', (value) => typeof value === 'string'],
};

const INT_OR_STRING = [
  'a whole number or a string',
  (value: unknown) => typeof value === 'string' || Number.isInteger(value),
] as const;

/** Checks objects of a CustomResourceDefinition as the API server checks them for a structural schema. */
export class CustomCheck {
  /** @param metadata the check of the metadata that every object has */
  public constructor(private readonly metadata: Check) {}

  /** The check of an object with this schema. */
  public ofObject(schema: CustomSchema): Check {
    return (value, progress) => this.embedded({ ...schema, type: 'object' }, value, progress);
  }

  private value(schema: CustomSchema, value: unknown, progress: Progress): void {
    if (value instanceof Fault || (value === null && schema.nullable === true)) return;
    if (schema['x-kubernetes-embedded-resource'] === true) return this.embedded(schema, value, progress);
    this.plain(schema, value, progress);
  }

  private plain(schema: CustomSchema, value: unknown, progress: Progress): void {
    const [wanted, takes] = typeOf(schema);
    if (!takes(value)) return void wrong(value, wanted, progress);
    if (Array.isArray(value)) this.list(schema, value, progress);
    else if (isObject(value)) this.object(schema, value, progress);
    noteValue(schema, value, progress);
  }

  /** An object with `apiVersion`, `kind` and `metadata`, which its schema need not tell. */
  private embedded(schema: CustomSchema, value: unknown, progress: Progress): void {
    const { required } = schema;
    this.plain(
      {
        ...schema,
        properties: { ...(isObject(schema.properties) ? schema.properties : {}), ...IDENTITY },
        required: [...(Array.isArray(required) ? (required as unknown[]) : []), 'apiVersion', 'kind'],
      },
      value,
      progress,
    );
  }

  private list({ items }: CustomSchema, value: readonly unknown[], progress: Progress): void {
    if (!isObject(items)) return;
    const check: Check = (item, at) => this.value(items, item, at);
    for (let index = 0; index < value.length; index++) descend(index, value[index], check, progress);
  }

  private object(schema: CustomSchema, value: Readonly<Record<string, unknown>>, progress: Progress): void {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const { additionalProperties: others } = schema;
    const open = others === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
    const unknown: string[] = [];
    const absent = new Set<string>();
    for (const key of Object.keys(value)) {
      const inner = value[key];
      const known = Object.hasOwn(properties, key) ? properties[key] : isObject(others) ? others : undefined;
      if (inner === undefined) continue;
      if (known === METADATA) descend(key, inner, this.metadata, progress);
      else if (known === undefined) {
        if (!open) unknown.push(key);
      } else if (!isObject(known)) continue;
      // The API server drops a null that is not asked for.
      else if (inner === null && known.nullable !== true) absent.add(key);
      else descend(key, inner, (each, at) => this.value(known, each, at), progress);
    }
    const missing = requiredOf(schema).filter((name) => !Object.hasOwn(value, name) || absent.has(name));
    const needed = missing.filter((name) => !hasDefault(properties, name));
    if (unknown.length > 0 || needed.length > 0)
      noteFields(unknown, needed, Object.keys(properties), progress);
  }
}

const METADATA: CustomSchema = {};

const IDENTITY = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: METADATA };

function typeOf(schema: CustomSchema): readonly [string, (value: unknown) => boolean] {
  if (schema['x-kubernetes-int-or-string'] === true) return INT_OR_STRING;
  const { type } = schema;
  return typeof type === 'string' && Object.hasOwn(TYPES, type) ? TYPES[type]! : ['anything', () => true];
}

function requiredOf({ required }: CustomSchema): readonly string[] {
  return Array.isArray(required)
    ? [...new Set(required.filter((name): name is string => typeof name === 'string'))]
    : [];
}

function hasDefault(properties: Readonly<Record<string, unknown>>, name: string): boolean {
  const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isObject(known) && known.default !== undefined;
}
