import {
  fieldKnownIn,
  hasFieldsBelow,
  kindsWithFields,
  type KubernetesMinor,
  type Problem,
} from '../../model';

/** Documents that name their kind, as Kubernetes' own configuration files do. */
export interface TypedDocument {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly [field: string]: unknown;
}

/**
 * The fields of a configuration file that its release does not know: with one of them the component would not start, or would pass over
 * what was meant. Documents of kinds whose fields are not in the table pass.
 *
 * @param where names the file
 * @param release of the component that reads it
 */
export function unknownFields(
  where: string,
  document: TypedDocument,
  release: KubernetesMinor,
): readonly Problem[] {
  const kind = `${String(document.apiVersion)}/${String(document.kind)}`;
  if (!kindsWithFields().includes(kind)) return [];
  return [...pathsOf(document)]
    .filter((path) => !isKnown(kind, path, release))
    .map((path) => ({
      code: 'construct/invalid',
      where: `${where}, ${path}`,
      message: `${String(document.kind)} of Kubernetes ${release} does not know this field.`,
      fix: 'Leave out what sets it, or choose another release.',
    }));
}

/** The paths of all values, lists marked as such: `jwt[].issuer.url`. */
function* pathsOf(value: unknown, path = ''): Generator<string> {
  if (Array.isArray(value)) {
    for (const item of value) yield* pathsOf(item, `${path}[]`);
  } else if (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype
  ) {
    for (const [name, inner] of Object.entries(value))
      yield* pathsOf(inner, path === '' ? name : `${path}.${name}`);
  } else if (path !== 'apiVersion' && path !== 'kind') yield path;
}

/** Known itself, or within a field whose content is free: a map, or a document of another kind. */
function isKnown(kind: string, path: string, release: KubernetesMinor): boolean {
  const names = path.split('.');
  for (let length = names.length; length > 0; length -= 1) {
    const above = names
      .slice(0, length)
      .join('.')
      .replace(/(\[\])+$/, '');
    if (fieldKnownIn(kind, above).includes(release))
      return length === names.length || !hasFieldsBelow(kind, above);
  }
  return false;
}
