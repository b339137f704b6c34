import type { Compact } from './document';

/** What all releases say, or what each of them says, in their order; null where it is not there. */
type Entry = string | readonly (string | null)[];
type Entries = Readonly<Record<string, Entry>>;

/** Several releases as one table. */
export interface Merged {
  readonly releases: readonly string[];
  readonly kinds: Entries;
  readonly types: Readonly<Record<string, Entries>>;
}

/** Joins releases, by minor, so that what they share is written once. */
export function merge(releases: Readonly<Record<string, Compact>>): Merged {
  const all = Object.values(releases);
  const names = sorted(all.flatMap(({ types }) => Object.keys(types)));
  return {
    releases: Object.keys(releases),
    kinds: mergeEntries(all.map(({ kinds }) => kinds)),
    types: Object.fromEntries(
      names.map((name) => [name, mergeEntries(all.map(({ types }) => types[name] ?? {}))]),
    ),
  };
}

function mergeEntries(all: readonly Readonly<Record<string, string>>[]): Entries {
  return Object.fromEntries(
    sorted(all.flatMap((entries) => Object.keys(entries))).map((name) => {
      const each = askedFor(all.map((entries) => entries[name] ?? null));
      return [name, each.every((code) => code === each[0]) ? each[0]! : each];
    }),
  );
}

/**
 * A field that a newer release no longer calls required never was to the API server, which fills it in: Kubernetes corrects what
 * it publishes now and then.
 */
function askedFor(each: readonly (string | null)[]): readonly (string | null)[] {
  const newest = each.filter((code) => code !== null).at(-1);
  return newest?.startsWith('!') === false ? each.map((code) => code?.replace('!', '') ?? null) : each;
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

/** The text of the file: one line for each kind and each type, so that a difference can be read. */
export function tableText({ releases, kinds, types }: Merged): string {
  const lines = (entries: Readonly<Record<string, unknown>>): string =>
    Object.entries(entries)
      .map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`)
      .join(',\n');
  return `{"releases":${JSON.stringify(releases)},\n"kinds":{\n${lines(kinds)}},\n"types":{\n${lines(types)}}}\n`;
}
