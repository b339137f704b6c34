import type { z } from 'zod';
import type { Problem } from '../model';
import { shown } from './validation';

/** A problem with one property that a schema cannot see. */
export function invalidProperty(where: string, message: string, fix: string): Problem {
  return { code: 'construct/invalid', where, message, fix };
}

/** What a rule of a schema says where a value breaks it: what is wrong, and what to write instead. */
export function otherwise(message: string, fix: string): { error: string; params: { fix: string } } {
  return { error: message, params: { fix } };
}

/**
 * Everything that is wrong with the shape of some properties: of another type, out of bounds, missing, or unknown. The compiler
 * tells most of it to those who write TypeScript; this tells everybody, and all at once.
 *
 * @param where what the properties are of, for example `kube-apiserver, audit`
 */
export function shapeProblems(schema: z.ZodType, value: unknown, where: string): readonly Problem[] {
  const issues = schema.safeParse(value, { reportInput: true }).error?.issues ?? [];
  return issues.map((issue) => ({
    code: 'construct/invalid',
    where: placeOf(where, issue.path),
    ...sayingOf(issue),
  }));
}

function placeOf(where: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (place, key) => (typeof key === 'number' ? `${place}[${key}]` : `${place}.${String(key)}`),
    where,
  );
}

function sayingOf(issue: z.core.$ZodIssue): Pick<Problem, 'message' | 'fix'> {
  switch (issue.code) {
    case 'unrecognized_keys':
      return { message: `There is no setting ${issue.keys.join(', ')}.`, fix: 'Leave it out or correct it.' };
    case 'custom':
      return {
        message: issue.message,
        fix: String((issue.params as { fix?: string } | undefined)?.fix ?? 'Correct it.'),
      };
    case 'too_small':
      return { message: received(issue.input), fix: `Give at least ${issue.minimum}.` };
    case 'too_big':
      return { message: received(issue.input), fix: `Give at most ${issue.maximum}.` };
    case 'invalid_type':
      return {
        message: issue.input === undefined ? 'It is missing.' : received(issue.input),
        fix: `Give ${issue.expected === 'int' ? 'a whole number' : `a value of type ${issue.expected}`}.`,
      };
    case 'invalid_value':
      return { message: received(issue.input), fix: `Give one of: ${issue.values.map(String).join(', ')}.` };
    case 'invalid_union':
      return { message: issue.message, fix: 'Give one of these.' };
    default:
      return { message: received(issue.input), fix: 'See the documentation of the setting for its shape.' };
  }
}

/** What was received, by its kind where it is no number or text: an object might hold a secret. */
function received(value: unknown): string {
  if (Array.isArray(value)) return `It has ${value.length} elements.`;
  return typeof value === 'string' || typeof value === 'number'
    ? `It is ${shown(value)}.`
    : `It is of type ${typeof value}.`;
}
