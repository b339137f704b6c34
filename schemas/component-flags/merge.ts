/** Flags by component, and paths of fields by kind, of one release. */
export interface FlagTable {
  readonly flags: Readonly<Record<string, readonly string[]>>;
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

/** For each component or kind, the names that the same releases know, under these releases: `1.35 1.36 1.37`. */
export type MergedNames = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** The tables of several releases as one. */
export interface MergedTables {
  /** The patch release that each minor release was read from. */
  readonly releases: Readonly<Record<string, string>>;
  readonly flags: MergedNames;
  readonly fields: MergedNames;
}

/**
 * Merges tables, so that a name that all releases know stands there once.
 *
 * @param tables by release, for example `1.37.2`, oldest first
 */
export function mergeTables(tables: ReadonlyMap<string, FlagTable>): MergedTables {
  const minor = (release: string): string => release.split('.').slice(0, 2).join('.');
  const merge = (part: keyof FlagTable): MergedNames => {
    const known = new Map<string, Map<string, string[]>>();
    for (const [release, table] of tables) {
      for (const [owner, names] of Object.entries(table[part])) {
        const ofOwner = known.get(owner) ?? known.set(owner, new Map()).get(owner)!;
        for (const name of names) ofOwner.set(name, [...(ofOwner.get(name) ?? []), minor(release)]);
      }
    }
    return Object.fromEntries(
      [...known].map(([owner, names]) => {
        const groups: Record<string, string[]> = {};
        for (const [name, releases] of [...names].sort()) (groups[releases.join(' ')] ??= []).push(name);
        return [owner, groups];
      }),
    );
  };
  return {
    releases: Object.fromEntries([...tables.keys()].map((release) => [minor(release), release])),
    flags: merge('flags'),
    fields: merge('fields'),
  };
}
