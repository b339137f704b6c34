import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '../../../probes';

/** The personas that the table has a column for. Whoever breaks the glass may do everything, and has none. */
export const LESSER_PERSONAS = ['developer', 'deployer', 'operator', 'auditor', 'readOnly'] as const;

/** A persona with less than all rights. */
export type LesserPersona = (typeof LESSER_PERSONAS)[number];

/** Where is asked: the namespace that a persona works in, two in which it does not, and all of them. */
export const PLACES = ['own', 'other', 'kube-system', 'cluster'] as const;

/** One of {@link PLACES}. */
export type Place = (typeof PLACES)[number];

/** Something that RBAC may allow: of a resource, or of a path. */
export interface Action {
  /** As it stands in the table: `deployments.apps/scale`, `bind roles.rbac.authorization.k8s.io` or `/metrics`. */
  readonly row: string;
  readonly verb: string;
  readonly resource?: {
    readonly group: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly version?: string;
    readonly namespaced?: boolean;
  };
  readonly path?: string;
  readonly name?: string;
}

const READ = ['get', 'list', 'watch'];

/** Verbs that no discovery names, by resource. Source: the authorizers that ask for them. */
const SPECIAL: readonly (readonly [verb: string, group: string, resource: string, name?: string])[] = [
  ...(['bind', 'escalate'] as const).flatMap((verb) =>
    ['clusterroles', 'roles'].map((resource) => [verb, 'rbac.authorization.k8s.io', resource] as const),
  ),
  ...['users', 'groups', 'serviceaccounts'].map((resource) => ['impersonate', '', resource] as const),
  ...['uids', 'userextras/scopes'].map(
    (resource) => ['impersonate', 'authentication.k8s.io', resource] as const,
  ),
  ...['users', 'groups', 'uids', 'userextras/scopes'].map(
    (resource) => ['impersonate:user-info', 'authentication.k8s.io', resource] as const,
  ),
  ['impersonate:serviceaccount', 'authentication.k8s.io', 'serviceaccounts'],
  ['impersonate:arbitrary-node', 'authentication.k8s.io', 'nodes'],
  ['impersonate:associated-node', 'authentication.k8s.io', 'nodes'],
  ...['user-info', 'serviceaccount', 'arbitrary-node', 'associated-node'].map(
    (mode) => [`impersonate-on:${mode}:get`, '', 'secrets'] as const,
  ),
  ...(['approve', 'sign', 'attest'] as const).map(
    (verb) => [verb, 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client'] as const,
  ),
  ['create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient'],
  ['create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient'],
  ['use', 'policy', 'podsecuritypolicies'],
  ...['log', 'metrics', 'stats', 'configz', 'pods', 'healthz', 'checkpoint', 'spec'].map(
    (subresource) => ['get', '', `nodes/${subresource}`] as const,
  ),
  ['*', '*', '*'],
];

interface ResourceList {
  readonly resources: readonly {
    readonly name: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

/** All that the API server itself says can be done, and what it does not say. */
export async function discovered(client: ApiClient): Promise<readonly Action[]> {
  const get = async <T>(path: string): Promise<T> => {
    const answer = await client.send({ path });
    const body = answer.json<T>();
    if (answer.status !== 200 || body === undefined) throw new Error(`${path}: ${answer.status}`);
    return body;
  };
  const found = new Map<string, Action>();
  const add = async (group: string, version: string): Promise<void> => {
    const { resources } = await get<ResourceList>(group === '' ? '/api/v1' : `/apis/${group}/${version}`);
    for (const { name, namespaced, verbs } of resources) {
      const [resource = '', subresource] = name.split('/');
      const row = rowOf(group, name);
      for (const verb of verbs) {
        // Rights are on groups: the first version that has it stands for all.
        if (found.has(`${row} ${verb}`)) continue;
        const of = { group, resource, subresource, version, namespaced };
        found.set(`${row} ${verb}`, { row, verb, resource: of });
      }
    }
  };
  await add('', 'v1');
  type Groups = { groups: { name: string; versions: { version: string }[] }[] };
  for (const { name, versions } of (await get<Groups>('/apis')).groups)
    for (const { version } of versions) await add(name, version);
  const special = SPECIAL.map(([verb, group, name, object]): Action => {
    const [resource = '', subresource] = name.split('/');
    return {
      row: `${verb} ${rowOf(group, name)}`,
      verb,
      resource: { group, resource, subresource },
      name: object,
    };
  });
  const { paths } = await get<{ paths: string[] }>('/');
  const nonResource = [...paths, '/', '/logs/', '/debug/pprof/', '/openapi/v3', '/apis/apps', '/api/v1'];
  const get_ = [...new Set(nonResource)].map((path): Action => ({ row: path, verb: 'get', path }));
  return [...found.values(), ...special, ...get_];
}

function rowOf(group: string, name: string): string {
  const [resource, ...rest] = name.split('/');
  return [group === '' ? resource : `${resource}.${group}`, ...rest].join('/');
}

/** The table: by row, persona and verb, in which places it is allowed. */
export type Table = ReadonlyMap<
  string,
  Readonly<Record<LesserPersona, ReadonlyMap<string, readonly Place[]>>>
>;

/** Reads the table beside this file. */
export function expectedTable(): Table {
  const text = readFileSync(join(__dirname, 'persona-matrix.tsv'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const [head = '', ...rows] = lines.map((line) => line.split('\t'));
  if (String(head.slice(1)) !== String(LESSER_PERSONAS)) throw new Error(`the columns are ${String(head)}`);
  const table = new Map<string, Record<LesserPersona, Map<string, readonly Place[]>>>();
  for (const [row = '', ...cells] of rows) {
    if (table.has(row)) throw new Error(`${row} stands twice`);
    if (cells.length !== LESSER_PERSONAS.length) throw new Error(`${row} has ${cells.length} cells`);
    const entries = LESSER_PERSONAS.map((persona, index) => [persona, readCell(row, cells[index]!)] as const);
    table.set(row, Object.fromEntries(entries) as never);
  }
  return table;
}

/** `own:read,create all:get`: `own` is the namespace that it works in, `all` everywhere. */
function readCell(row: string, cell: string): Map<string, readonly Place[]> {
  const allowed = new Map<string, readonly Place[]>();
  if (cell === '-') return allowed;
  for (const part of cell.split(' ')) {
    const [, scope, words] = /^(own|all):([a-z:,*-]+)$/.exec(part) ?? [];
    if (words === undefined) throw new Error(`${row}: "${cell}" is no cell`);
    const places: readonly Place[] = scope === 'all' ? PLACES : ['own'];
    for (const verb of words.split(',').flatMap((word) => (word === 'read' ? READ : word))) {
      if (allowed.has(verb)) throw new Error(`${row}: ${verb} stands twice`);
      allowed.set(verb, places);
    }
  }
  return allowed;
}

/** Asks the API server whether somebody may, each as one SubjectAccessReview. */
export async function mayDo(
  client: ApiClient,
  subject: { readonly user: string; readonly groups: readonly string[] },
  { verb, resource, path, name }: Action,
  namespace: string,
): Promise<boolean> {
  const spec = {
    ...subject,
    ...(resource === undefined
      ? { nonResourceAttributes: { path, verb } }
      : {
          resourceAttributes: {
            ...{ group: resource.group, resource: resource.resource, subresource: resource.subresource },
            ...{ verb, name, namespace },
          },
        }),
  };
  const answer = await client.send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: { spec },
  });
  const status = answer.json<{ status?: { allowed?: boolean } }>()?.status;
  if (answer.status !== 201 || status?.allowed === undefined)
    throw new Error(`${answer.status} ${answer.body}`);
  return status.allowed;
}

/** Does something with each, some at a time. */
export async function eachOf<T>(
  all: readonly T[],
  work: (one: T) => Promise<void>,
  atOnce = 24,
): Promise<void> {
  const waiting = [...all];
  const worker = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
