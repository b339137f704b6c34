import type { KubernetesMinor } from '../../model';

/**
 * The types of the releases that Kubernetes publishes, as `schemas/kubernetes.json` holds them (`schemas/write.ts` writes it).
 * An entry is a text where all releases agree, and otherwise one text for each of them, null where it is not there. A field
 * is written as `!` where it is required, and its type:
 *
 * - `[T` a list, `{T` a map with strings as keys, `T|U` one or the other, a name: an object of that type
 * - the single values of `engine/schema/scalars.ts`, and `d` anything
 *
 * A kind is written as `*` where its objects live in no namespace, and its type.
 */
interface Table {
  readonly releases: readonly KubernetesMinor[];
  readonly kinds: Readonly<Record<string, Entry>>;
  readonly types: Readonly<Record<string, Readonly<Record<string, Entry>>>>;
}

type Entry = string | readonly (string | null)[];

let table: Table | undefined;

function loaded(): Table {
  // By the package's own name: it is the same file from the source and from `lib/`. Most commands never need it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() is slow, and jest cannot follow it
  return (table ??= require('keelson/schemas/kubernetes.json') as Table);
}

/** The releases whose schema is known, oldest first. */
export function knownReleases(): readonly KubernetesMinor[] {
  return loaded().releases;
}

/** Every kind of any known release, as `apiVersion kind`. */
export function publishedKinds(): readonly string[] {
  return Object.keys(loaded().kinds);
}

/** The releases that have a kind. */
export function releasesWith(apiVersion: string, kind: string): readonly KubernetesMinor[] {
  return knownReleases().filter((release) => typeOfKind(release, apiVersion, kind) !== undefined);
}

/** The name of a kind's type in a release; undefined where the release does not have it. */
export function typeOfKind(release: KubernetesMinor, apiVersion: string, kind: string): string | undefined {
  return kindEntry(release, apiVersion, kind)?.replace('*', '');
}

/** Whether the objects of a kind live in a namespace; undefined where the release does not have it. */
export function isNamespaced(
  release: KubernetesMinor,
  apiVersion: string,
  kind: string,
): boolean | undefined {
  const entry = kindEntry(release, apiVersion, kind);
  return entry === undefined ? undefined : !entry.startsWith('*');
}

function kindEntry(release: KubernetesMinor, apiVersion: string, kind: string): string | undefined {
  const key = `${apiVersion} ${kind}`;
  const { kinds } = loaded();
  return Object.hasOwn(kinds, key) ? entryOf(kinds[key]!, release) : undefined;
}

/** The fields of a type in a release, with their codes. */
export function fieldsOfType(release: KubernetesMinor, type: string): readonly (readonly [string, string])[] {
  return Object.entries(loaded().types[type]!).flatMap(([name, entry]) => {
    const code = entryOf(entry, release);
    return code === undefined ? [] : [[name, code] as const];
  });
}

function entryOf(entry: Entry, release: KubernetesMinor): string | undefined {
  return typeof entry === 'string' ? entry : (entry[loaded().releases.indexOf(release)] ?? undefined);
}
