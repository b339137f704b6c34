/** The way to a field: names of fields and indexes of lists. */
export type Path = readonly (string | number)[];

/** What stands at a path; undefined where it leads nowhere. */
export function at(value: unknown, path: Path): unknown {
  let inner = value;
  for (const key of path) {
    if (inner === null || typeof inner !== 'object' || !Object.hasOwn(inner, key)) return undefined;
    inner = (inner as Record<string | number, unknown>)[key];
  }
  return inner;
}

/** The fields of a dotted path; none for the empty one. */
export function fieldsOf(path: string): readonly string[] {
  return path === '' ? [] : path.split('.');
}

/** `spec.containers[0].image`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? key : `.${key}`;
  }
  return text;
}
