import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '../../../probes';
import { discoverActions } from '../../../probes/client/discovery';
import { LESSER_PERSONAS, type LesserPersona } from './personas';

/** Where is asked: the namespace that a persona works in, two in which it does not, and all of them. */
export const PLACES = ['own', 'other', 'kube-system', 'cluster'] as const;

/** One of {@link PLACES}. */
export type Place = (typeof PLACES)[number];

/** Something that RBAC may allow: of a resource, or of a path that is none. */
export interface Action {
  /** As it stands in the table: `deployments.apps/scale`, `bind roles.rbac.authorization.k8s.io` or `/metrics`. */
  readonly row: string;
  readonly verb: string;
  readonly group: string;
  /** Resource, with its subresource after a slash. */
  readonly resource: string;
  readonly name?: string;
  /** The version that the API server serves it in, where it serves it. */
  readonly version?: string;
  readonly namespaced?: boolean;
  /** A path, in place of a resource. */
  readonly path?: string;
}

const RBAC = 'rbac.authorization.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const SIGNERS = ['kube-apiserver-client', 'kube-apiserver-client-kubelet', 'kubelet-serving'];
const KUBELET = ['log', 'metrics', 'stats', 'configz', 'pods', 'healthz', 'checkpoint', 'spec', 'statusz'];
const MODES = ['user-info', 'serviceaccount', 'arbitrary-node', 'associated-node'];

type Special = readonly [verb: string, group: string, resource: string, name?: string];

/** What no discovery names: parts of Kubernetes ask the authorizer for it. */
const SPECIAL: readonly Special[] = [
  ...['bind', 'escalate'].flatMap((verb): Special[] => [
    [verb, RBAC, 'clusterroles'],
    [verb, RBAC, 'roles'],
    [verb, RBAC, 'clusterroles', 'cluster-admin'],
  ]),
  ...['users', 'groups', 'serviceaccounts'].map((resource): Special => ['impersonate', '', resource]),
  ['impersonate', '', 'groups', 'system:masters'],
  ...['uids', 'userextras/scopes'].map((resource): Special => ['impersonate', AUTHENTICATION, resource]),
  ...['users', 'groups', 'uids', 'userextras/scopes'].map((resource): Special => [
    'impersonate:user-info',
    AUTHENTICATION,
    resource,
  ]),
  ['impersonate:serviceaccount', AUTHENTICATION, 'serviceaccounts'],
  ['impersonate:arbitrary-node', AUTHENTICATION, 'nodes'],
  ['impersonate:associated-node', AUTHENTICATION, 'nodes'],
  ...MODES.flatMap((mode) =>
    ['get', 'create'].map((verb): Special => [`impersonate-on:${mode}:${verb}`, '', 'secrets']),
  ),
  ...['approve', 'sign', 'attest'].flatMap((verb) => [
    [verb, CERTIFICATES, 'signers'] as Special,
    ...SIGNERS.map((signer): Special => [verb, CERTIFICATES, 'signers', `kubernetes.io/${signer}`]),
  ]),
  ['create', CERTIFICATES, 'certificatesigningrequests/nodeclient'],
  ['create', CERTIFICATES, 'certificatesigningrequests/selfnodeclient'],
  ['attest', AUTHENTICATION, 'admissionReviewAPIGroups'],
  ['use', 'policy', 'podsecuritypolicies'],
  ['create', '', 'endpoints/restricted'],
  ['create', 'discovery.k8s.io', 'endpointslices/restricted'],
  ['patch', 'resource.k8s.io', 'resourceclaims/binding'],
  ...KUBELET.flatMap((part) => ['get', 'create'].map((verb): Special => [verb, '', `nodes/${part}`])),
  ['patch', '', 'nodes', 'worker'],
  ['patch', '', 'nodes', 'control-plane'],
  ['get', '', 'secrets', 'treasure'],
  ['*', '*', '*'],
];

/** Paths that the API server does not list among its own. */
const UNLISTED = [
  '/',
  '/logs/',
  '/debug/pprof/',
  '/configz',
  '/api/v1',
  '/apis/apps/v1',
  '/version/',
  '/livez/x',
];

/** All that can be asked for: what the API server's own discovery says, and what it does not say. */
export async function everyAction(client: ApiClient): Promise<readonly Action[]> {
  const discovered = (await discoverActions(client)).map((action) => ({
    ...action,
    row: rowOf(action.group, action.resource),
  }));
  const special = SPECIAL.map(([verb, group, resource, name]) => ({
    ...{ verb, group, resource, name },
    row: [verb, rowOf(group, resource), name].filter(Boolean).join(' '),
  }));
  const root = (await client.send({ path: '/' })).json<{ paths: readonly string[] }>();
  const paths = [...new Set([...(root?.paths ?? []), ...UNLISTED])].map((path) => ({
    ...{ verb: 'get', group: '', resource: '', path },
    // Each release has other checks of its health: all of them are one row, as are all groups.
    row: path.replace(/^\/(healthz|livez|readyz|apis)\/.*/, '/$1/*'),
  }));
  return [...discovered, ...special, ...paths];
}

function rowOf(group: string, name: string): string {
  const [resource, ...rest] = name.split('/');
  return [group === '' ? resource : `${resource}.${group}`, ...rest].join('/');
}

/** The table: by row and persona, where each verb is allowed. */
export type Table = ReadonlyMap<
  string,
  Readonly<Record<LesserPersona, ReadonlyMap<string, readonly Place[]>>>
>;

/** Reads the table beside this file. */
export function expectedTable(text = readFileSync(join(__dirname, 'persona-matrix.tsv'), 'utf8')): Table {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const [head = [], ...rows] = lines.map((line) => line.split('\t'));
  if (String(head.slice(1)) !== String(LESSER_PERSONAS)) throw new Error(`the columns are ${String(head)}`);
  const table = new Map<string, Record<LesserPersona, ReadonlyMap<string, readonly Place[]>>>();
  for (const [row = '', ...cells] of rows) {
    if (table.has(row)) throw new Error(`${row} stands twice`);
    if (cells.length !== LESSER_PERSONAS.length) throw new Error(`${row} has ${cells.length} cells`);
    const entries = LESSER_PERSONAS.map((persona, index) => [persona, readCell(row, cells[index]!)]);
    table.set(row, Object.fromEntries(entries) as never);
  }
  return table;
}

/** `own:read,create all:get`: `own` is the namespace that a persona works in, `all` is everywhere. */
function readCell(row: string, cell: string): ReadonlyMap<string, readonly Place[]> {
  const allowed = new Map<string, readonly Place[]>();
  if (cell === '-') return allowed;
  for (const part of cell.split(' ')) {
    const [, scope, words] = /^(own|all):([a-z,]+)$/.exec(part) ?? [];
    if (words === undefined) throw new Error(`${row}: "${cell}" is no cell`);
    const places: readonly Place[] = scope === 'all' ? PLACES : ['own'];
    for (const verb of words.split(',').flatMap((word) => WORDS[word] ?? word)) {
      if (allowed.has(verb)) throw new Error(`${row}: ${verb} stands twice`);
      allowed.set(verb, places);
    }
  }
  return allowed;
}

/** Words that stand for several verbs. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  read: ['get', 'list', 'watch'],
  keep: ['create', 'update', 'patch', 'delete'],
};

/** Asks the API server whether somebody may, by a SubjectAccessReview. */
export async function may(
  client: ApiClient,
  subject: { readonly user: string; readonly groups: readonly string[] },
  action: Action,
  namespace: string,
): Promise<boolean> {
  const [resource, subresource] = action.resource.split('/');
  const { verb, group, name, path } = action;
  const attributes =
    path === undefined
      ? { resourceAttributes: { verb, group, resource, subresource, name, namespace } }
      : { nonResourceAttributes: { verb, path } };
  const answer = await client.send({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    body: { spec: { ...subject, ...attributes } },
  });
  const allowed = answer.json<{ status?: { allowed?: boolean } }>()?.status?.allowed;
  if (allowed === undefined) throw new Error(`${action.row}: ${answer.status} ${answer.body}`);
  return allowed;
}

/** Does something with each, some at a time. */
export async function eachOf<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const waiting = [...all].reverse();
  const worker = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) await work(one);
  };
  await Promise.all(Array.from({ length: 24 }, worker));
}
