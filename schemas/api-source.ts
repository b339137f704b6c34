import { ASKED_BY_NAME } from './asked-by-name';

/** A resource or subresource as an API server tells of it. */
export interface Discovered {
  readonly group: string;
  /** For example `pods` or `pods/log`. */
  readonly name: string;
  /** For example `Pod`; of a subresource it is not needed. */
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** What one release serves. */
export interface Release {
  readonly minor: string;
  readonly resources: readonly Discovered[];
}

interface Entry {
  readonly group: string;
  readonly path: readonly string[];
  readonly name: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly since?: string;
}

const key = ({ group, name }: Pick<Discovered, 'group' | 'name'>): string => `${group}/${name}`;

/** The TypeScript of the table: the last release's resources, and what is asked for by name. */
export function tableSource(releases: readonly Release[]): string {
  const target = releases.at(-1)!;
  const entries = entriesOf(target.resources).map((entry) => {
    // What is only asked for by name is in no release's discovery.
    const first = releases.find(({ resources }) => resources.some((one) => key(one) === key(entry)));
    return first === undefined || first === releases[0] ? entry : { ...entry, since: first.minor };
  });
  const sets = verbSets(entries);
  return [
    `// Written by schemas/api-table.ts from the discovery of ${releases.map(({ minor }) => minor).join(', ')}: do not edit.`,
    "import type { ApiResource } from './api-resource';",
    '',
    ...[...sets].map(([verbs, name]) => `const ${name} = ${list(verbs)} as const;`),
    '',
    '/**',
    ' * What rules can allow, in the target release: the resources of the core group by their name, those of the others below the',
    ' * name of their group, subresources below their resource. `impersonate` and the like are verbs of what they are asked for.',
    ' */',
    `export const api = ${tree(entries, sets)} as const satisfies ApiTable;`,
    '',
    'interface ApiTable {',
    '  readonly [name: string]: ApiResource | ApiTable | string | boolean | readonly string[];',
    '}',
    '',
  ].join('\n');
}

/** Each resource once, whatever versions serve it, with the verbs that are asked for by name. */
function entriesOf(resources: readonly Discovered[]): readonly Entry[] {
  const all = new Map<string, Discovered>();
  for (const one of resources) {
    const verbs = [...new Set([...(all.get(key(one))?.verbs ?? []), ...one.verbs])].sort();
    all.set(key(one), { ...one, kind: all.get(key(one))?.kind || one.kind, verbs });
  }
  for (const named of ASKED_BY_NAME) {
    const served = all.get(key(named));
    all.set(key(named), { ...named, ...served, verbs: [...(served?.verbs ?? []), ...named.verbs] });
  }
  return [...all.values()]
    .map(({ group, name, kind, namespaced, verbs }) => {
      const [resource, ...below] = name.split('/') as [string, ...string[]];
      const owner = all.get(key({ group, name: resource })) ?? { kind };
      const path = [camel(resource, owner.kind), ...below];
      return { group, name, namespaced, verbs, path: group === '' ? path : [group, ...path] };
    })
    .sort(order);
}

/** The core group first. */
function order(a: Entry, b: Entry): number {
  const [one, other] = [a, b].map(({ group, path }) => [group, ...path].join('/')) as [string, string];
  return one < other ? -1 : 1;
}

/** `configmaps` of the kind `ConfigMap` is `configMaps`. */
function camel(resource: string, kind: string): string {
  let shared = 0;
  while (shared < kind.length && kind[shared]!.toLowerCase() === resource[shared]) shared += 1;
  const spelt = kind.slice(0, shared) + resource.slice(shared);
  const acronym = /^[A-Z]+(?=[A-Z][a-z])/.exec(spelt)?.[0] ?? spelt[0]!;
  return acronym.toLowerCase() + spelt.slice(acronym.length);
}

/** A name for each set of verbs that several resources have. */
function verbSets(entries: readonly Entry[]): ReadonlyMap<string, string> {
  const NAMES: Readonly<Record<string, string>> = {
    'create delete deletecollection get list patch update watch': 'ALL',
    'get patch update': 'PART',
    create: 'CREATE',
  };
  return new Map(
    Object.entries(NAMES).filter(([verbs]) => entries.some((entry) => entry.verbs.join(' ') === verbs)),
  );
}

function list(verbs: string): string {
  return `[${verbs
    .split(' ')
    .map((verb) => `'${verb}'`)
    .join(', ')}]`;
}

interface Branch {
  entry?: Entry;
  readonly below: Map<string, Branch>;
}

function tree(entries: readonly Entry[], sets: ReadonlyMap<string, string>): string {
  const root: Branch = { below: new Map() };
  for (const entry of entries) {
    let branch = root;
    for (const step of entry.path) {
      if (!branch.below.has(step)) branch.below.set(step, { below: new Map() });
      branch = branch.below.get(step)!;
    }
    branch.entry = entry;
  }
  return source(root, sets);
}

function source({ entry, below }: Branch, sets: ReadonlyMap<string, string>): string {
  const own =
    entry === undefined
      ? []
      : [
          `apiGroup: '${entry.group}'`,
          `resource: '${entry.name}'`,
          `namespaced: ${entry.namespaced}`,
          `verbs: ${sets.get(entry.verbs.join(' ')) ?? list(entry.verbs.join(' '))}`,
          ...(entry.since === undefined ? [] : [`since: '${entry.since}'`]),
        ];
  const inner = [...below].map(([name, branch]) => `'${name}': ${source(branch, sets)}`);
  return `{ ${[...own, ...inner].join(', ')} }`;
}
