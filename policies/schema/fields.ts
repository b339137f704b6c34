import { Fault } from '../engine/cel/fault';
import { formatPath } from '../engine/paths';
import type { Progress } from '../engine/schema/scalars';
import { nearest } from './suggestion';

/** Checks one value, and notes what is wrong with it. */
export type Check = (value: unknown, progress: Progress) => void;

/** More are not noted of one object: they would have one cause. */
const MOST = 100;

/** Objects nested deeper are not followed. */
const DEEPEST = 200;

/** How many of the fields that there are a message names. */
const MOST_NAMES = 50;

/** A JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Fault);
}

/** Notes something about a field of the object where the check stands, or about the value itself. */
export function note(progress: Progress, message: string, fix: string, field?: string): void {
  const { path, problems } = progress;
  problems.push({ path: formatPath(field === undefined ? path : [...path, field]), message, fix });
}

/** Goes one step down; stops where an object is too deep or has too many problems. */
export function descend(key: string | number, value: unknown, check: Check, progress: Progress): void {
  const { path, problems } = progress;
  if (problems.length >= MOST) return;
  path.push(key);
  if (path.length <= DEEPEST) check(value, progress);
  else if (isObject(value) || Array.isArray(value))
    note(progress, `It is nested deeper than ${DEEPEST} levels.`, 'Make it flatter.');
  path.pop();
}

/**
 * Notes fields that there are not, and required ones that are missing. One field with a wrong name is one problem, also
 * where it is a required field that is missing for that.
 */
export function noteFields(
  unknown: readonly string[],
  missing: readonly string[],
  known: Iterable<string>,
  progress: Progress,
): void {
  const meant = new Set<string>();
  const names = [...known];
  for (const field of unknown) {
    if (progress.problems.length >= MOST) return;
    const near = nearest(field, names);
    if (near !== undefined) meant.add(near);
    note(
      progress,
      'Unknown field.',
      near === undefined ? fieldsThere(names) : `Did you mean "${near}"?`,
      field,
    );
  }
  for (const field of missing) {
    if (!meant.has(field)) note(progress, 'It is missing.', 'Add it: it is required.', field);
  }
}

function fieldsThere(names: readonly string[]): string {
  if (names.length === 0) return 'Leave it out: there are no fields here.';
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return `Leave it out, or use one of ${[...names].sort().slice(0, MOST_NAMES).join(', ')}${more}.`;
}
