/** The way to a field: names of fields and indexes of lists. */
export type Path = readonly (string | number)[];

/** What stands at a path; undefined where it leads nowhere. */
export function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === 'object' && Object.hasOwn(inner, key)
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

/** The fields of a dotted path; none for the empty one. */
export function fieldsOf(path: string): readonly string[] {
  return path === '' ? [] : path.split('.');
}

/** `spec.containers[0].image`. */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );
}
