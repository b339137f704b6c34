import { canonicalJson } from '../../constructs/render/digest';
import { formatPath, type Path } from '../engine/paths';

/** A field that differs between two states of an object. */
export interface FieldChange {
  /** From the object's root, for example `spec.containers[0].securityContext.runAsNonRoot`. */
  readonly path: string;
  /** What stood there; undefined where nothing did. */
  readonly before?: unknown;
  /** What stands there; undefined where nothing does. */
  readonly after?: unknown;
}

/** The fields that differ, in the order of the later state; a list of plain values is one field. */
export function fieldChanges(before: unknown, after: unknown, path: Path = []): readonly FieldChange[] {
  if (isNothing(before) && isNothing(after)) return [];
  if (isFields(after) && (isFields(before) || (isNothing(before) && Object.keys(after).length > 0))) {
    const old = before ?? {};
    const keys = [...new Set([...Object.keys(after), ...Object.keys(old)])];
    return keys.flatMap((key) => fieldChanges((old as Fields)[key], (after as Fields)[key], [...path, key]));
  }
  if (isListOfFields(before) && isListOfFields(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }).flatMap((_, index) =>
      fieldChanges(before[index], after[index], [...path, index]),
    );
  }
  if (canonicalJson(before) === canonicalJson(after)) return [];
  return [
    {
      path: formatPath(path),
      ...(isNothing(before) ? {} : { before }),
      ...(isNothing(after) ? {} : { after }),
    },
  ];
}

/** Whether everything that was said is still said, and all lists begin as they did. */
export function onlyAdds(before: unknown, after: unknown): boolean {
  if (before === after || isNothing(before)) return true;
  if (Array.isArray(before) && Array.isArray(after))
    return before.length <= after.length && before.every((element, index) => onlyAdds(element, after[index]));
  if (isFields(before) && isFields(after))
    return Object.keys(before).every((key) => onlyAdds(before[key], after[key]));
  return false;
}

type Fields = Readonly<Record<string, unknown>>;

function isNothing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function isListOfFields(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.length > 0 && value.every(isFields);
}
