import { Fault } from '../engine/cel/fault';
import { pattern } from '../engine/cel/functions/regex';
import type { Progress } from '../engine/schema/scalars';
import type { CustomSchema } from './definitions';
import { descend, isObject, note, type Check } from './fields';

/**
 * Notes what a schema says of a value beside its type and its fields. Not followed: `format`, CEL rules
 * (`x-kubernetes-validations`), and lists that are sets or maps.
 */
export function noteValue(schema: CustomSchema, value: unknown, progress: Progress): void {
  const broken = Array.isArray(value)
    ? sizeRule(schema, 'Items', value.length, 'elements')
    : isObject(value)
      ? sizeRule(schema, 'Properties', Object.keys(value).length, 'fields')
      : typeof value === 'string'
        ? (sizeRule(schema, 'Length', [...value].length, 'characters') ?? patternRule(schema, value))
        : typeof value === 'number'
          ? numberRule(schema, value)
          : undefined;
  const wrong = broken ?? enumRule(schema, value);
  if (wrong !== undefined) note(progress, wrong, 'Correct the value.');
  alternatives(schema, value, progress);
}

function sizeRule(schema: CustomSchema, what: string, size: number, unit: string): string | undefined {
  const least = schema[`min${what}`];
  const most = schema[`max${what}`];
  if (typeof least === 'number' && size < least)
    return `It has ${size} ${unit}; it must have at least ${least}.`;
  if (typeof most === 'number' && size > most) return `It has ${size} ${unit}; it must have at most ${most}.`;
  return undefined;
}

/** A pattern that is none is a mistake of the definition, and refused there. */
function patternRule({ pattern: text }: CustomSchema, value: string): string | undefined {
  const regex = typeof text === 'string' ? pattern(text) : undefined;
  if (regex === undefined || regex instanceof Fault || regex.test(value)) return undefined;
  return `It does not match the pattern ${String(text).slice(0, LONGEST_SHOWN)}.`;
}

function numberRule(schema: CustomSchema, value: number): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (typeof minimum === 'number' && (value < minimum || (exclusiveMinimum === true && value === minimum)))
    return `It must be ${exclusiveMinimum === true ? 'more than' : 'at least'} ${minimum}.`;
  if (typeof maximum === 'number' && (value > maximum || (exclusiveMaximum === true && value === maximum)))
    return `It must be ${exclusiveMaximum === true ? 'less than' : 'at most'} ${maximum}.`;
  // Fractions are left to the API server: the remainder of a division is not exact.
  if (Number.isInteger(multipleOf) && Number.isInteger(value) && value % (multipleOf as number) !== 0)
    return `It must be a multiple of ${String(multipleOf)}.`;
  return undefined;
}

/** Only single values are compared. */
function enumRule({ enum: allowed }: CustomSchema, value: unknown): string | undefined {
  if (!Array.isArray(allowed) || typeof value === 'object' || allowed.includes(value)) return undefined;
  const shown = JSON.stringify(allowed.slice(0, MOST_SHOWN)).slice(1, -1).slice(0, LONGEST_SHOWN);
  return `It must be one of ${shown}${allowed.length > MOST_SHOWN ? ' …' : ''}.`;
}

const LONGEST_SHOWN = 500;
const MOST_SHOWN = 20;

function alternatives(schema: CustomSchema, value: unknown, progress: Progress): void {
  const { allOf, anyOf, oneOf, not } = schema;
  for (const each of schemasIn(allOf)) noteParts(each, value, progress);
  const any = schemasIn(anyOf);
  if (any.length > 0 && !any.some((each) => fits(each, value, progress)))
    note(progress, 'It fits none of the alternatives in anyOf.', 'Make it fit one.');
  const one = schemasIn(oneOf);
  const fitting = one.filter((each) => fits(each, value, progress)).length;
  if (one.length > 0 && (fitting === 0 || (fitting > 1 && !holdsUnknown(value))))
    note(progress, `It fits ${fitting} of the alternatives in oneOf.`, 'Make it fit exactly one.');
  if (isObject(not) && fits(not, value, progress) && !holdsUnknown(value))
    note(progress, 'It is what the schema excludes (not).', 'Change it.');
}

function schemasIn(list: unknown): readonly CustomSchema[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function fits(schema: CustomSchema, value: unknown, { path }: Progress): boolean {
  const apart: Progress = { path: [...path], problems: [] };
  noteParts(schema, value, apart);
  return apart.problems.length === 0;
}

/** What an alternative says of a value and of what is in it; types and unknown fields are told by the schema around it. */
function noteParts(schema: CustomSchema, value: unknown, progress: Progress): void {
  if (value instanceof Fault || value === null) return;
  if (!fitsType(schema, value)) return note(progress, 'It has another type.', 'Correct the type.');
  noteValue(schema, value, progress);
  const { items, properties, additionalProperties, required } = schema;
  if (Array.isArray(value) && isObject(items)) {
    const check: Check = (item, at) => noteParts(items, item, at);
    value.forEach((item, index) => descend(index, item, check, progress));
  }
  if (!isObject(value)) return;
  for (const name of Array.isArray(required) ? (required as unknown[]) : []) {
    if (typeof name === 'string' && (value[name] === undefined || value[name] === null))
      note(progress, 'It is missing.', 'Add it: it is required.', name);
  }
  for (const [name, inner] of Object.entries(value)) {
    const known =
      isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (isObject(known)) descend(name, inner, (each, at) => noteParts(known, each, at), progress);
  }
}

/** Alternatives of an integer or a string name the types themselves. */
function fitsType({ type }: CustomSchema, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
}

/** Whether something in it is known only later. */
function holdsUnknown(value: unknown): boolean {
  if (value instanceof Fault) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnknown);
}
