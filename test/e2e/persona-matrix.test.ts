/**
 * What each persona may do: every verb of every resource that a real API server discovers, what parts of Kubernetes ask for besides, and
 * its paths, against a table that is written by hand. Nothing in the table comes from the roles.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BREAK_GLASS_GROUP } from '../../constructs/control-plane';
import { ApiClient, readKubeconfig } from '../../probes';
import { OidcIssuer } from '../tools/oidc-issuer';
import { OwnPlane } from './support/own-plane';
import {
  eachOf,
  everyAction,
  expectedTable,
  may,
  PLACES,
  type Action,
  type Place,
} from './support/persona-matrix';
import {
  groupOf,
  LESSER_PERSONAS,
  personaManifests,
  roleCollection,
  type LesserPersona,
} from './support/personas';

jest.setTimeout(600_000);

const own = new OwnPlane();
const NAMESPACES: Readonly<Record<Place, string>> = {
  ...{ own: 'team', other: 'other', 'kube-system': 'kube-system', cluster: '' },
};
let issuer: OidcIssuer;
let client: ApiClient;
let actions: readonly Action[];
const table = expectedTable();

beforeAll(async () => {
  issuer = await OidcIssuer.start('kubernetes');
  const username = { claim: 'sub', prefix: 'staff:' };
  const groups = { claim: 'groups', prefix: 'team:' };
  const { url, ca: certificateAuthority } = issuer;
  const issuers = [{ url, audiences: ['kubernetes'], certificateAuthority, username, groups }];
  await own.start({ controlPlane: { authentication: { issuers } } });
  for (const name of ['team', 'other']) await own.api('POST', '/api/v1/namespaces', { metadata: { name } });
  for (const manifest of personaManifests('team', ['worker'])) {
    const { status, body } = await own.api('POST', roleCollection(manifest), manifest);
    if (status !== 201) throw new Error(`${manifest.kind} ${manifest.metadata.name}: ${body}`);
  }
  client = new ApiClient(readKubeconfig(own.plane.kubeconfig));
  actions = await everyAction(client);
  for (const persona of LESSER_PERSONAS) await inForce(persona);
});
afterAll(async () => {
  client?.close();
  await own.clear();
  await issuer?.close();
});

/** A token of the issuer: the persona comes from a claim, and from nothing else. */
const tokenOf = (persona: LesserPersona): string =>
  issuer.token({ sub: persona, groups: [groupOf(persona).replace('team:', '')] });

/** Roles, and the keys of the issuer, are in force a moment after they are there. */
async function inForce(persona: LesserPersona): Promise<void> {
  const path = '/api/v1/namespaces/team/pods';
  for (let tries = 0; tries < 300; tries++) {
    if ((await own.bearing(`Bearer ${tokenOf(persona)}`, path)).status === 200) return;
    await sleep(200);
  }
  throw new Error(`${persona} may not even list pods`);
}

const subjectOf = (persona: LesserPersona) => ({
  ...{ user: `staff:${persona}`, groups: [groupOf(persona), 'system:authenticated'] },
});

const expected = (persona: LesserPersona, { row, verb }: Action, place: Place): boolean =>
  table.get(row)?.[persona].get(verb)?.includes(place) ?? false;

/** Paths are in no namespace. */
const placesOf = ({ path }: Action): readonly Place[] => (path === undefined ? PLACES : ['cluster']);

describe('the table', () => {
  test('has a row for everything that can be asked for, and none besides', () => {
    expect(actions.length).toBeGreaterThan(700);
    expect([...table.keys()].sort()).toEqual([...new Set(actions.map(({ row }) => row))].sort());
  });

  test('names no verb that a resource does not have', () => {
    const known = new Set(actions.map(({ row, verb }) => `${verb} ${row}`));
    const named = [...table].flatMap(([row, cells]) =>
      LESSER_PERSONAS.flatMap((persona) => [...cells[persona].keys()].map((verb) => `${verb} ${row}`)),
    );
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('the API server says the same', () => {
  test.each(LESSER_PERSONAS)('of %s', async (persona) => {
    const differences: string[] = [];
    const questions = actions.flatMap((action) => placesOf(action).map((place) => ({ action, place })));
    await eachOf(questions, async ({ action, place }) => {
      const allowed = await may(client, subjectOf(persona), action, NAMESPACES[place]);
      if (allowed !== expected(persona, action, place))
        differences.push(`${allowed ? 'may' : 'may not'} ${action.verb} ${action.row}, ${place}`);
    });
    expect(differences.sort()).toEqual([]);
  });

  test('of who breaks the glass: everything', async () => {
    const refused: string[] = [];
    const subject = { user: 'keelson:break-glass:jane', groups: [BREAK_GLASS_GROUP, 'system:authenticated'] };
    const questions = actions.flatMap((action) => placesOf(action).map((place) => ({ action, place })));
    await eachOf(questions, async ({ action, place }) => {
      if (!(await may(client, subject, action, NAMESPACES[place]))) refused.push(`${action.row}, ${place}`);
    });
    expect(refused).toEqual([]);
  });

  test('of one more group than was bound: it would be seen', async () => {
    const action = actions.find(({ row, verb }) => row === 'secrets' && verb === 'list')!;
    const glass = { user: 'staff:developer', groups: [groupOf('developer'), BREAK_GLASS_GROUP] };
    expect(await may(client, glass, action, 'team')).toBe(true);
    expect(expected('developer', action, 'own')).toBe(false);
  });
});

const BODY = { metadata: { name: 'no-such-object' } };

/** What is sent to do something, where that changes nothing: dry runs, and objects that are not there. */
function requestOf({ verb, group, resource, version, namespaced, path, name }: Action, place: Place) {
  if (path !== undefined) return { method: 'GET', path };
  const [plural, subresource] = resource.split('/');
  const base = group === '' ? '/api/v1' : `/apis/${group}/${version}`;
  const where = namespaced && place !== 'cluster' ? `/namespaces/${NAMESPACES[place]}` : '';
  const collection = `${base}${where}/${plural}`;
  const object = `${collection}/${name ?? 'no-such-object'}${subresource === undefined ? '' : `/${subresource}`}`;
  switch (verb) {
    case 'get':
      return { method: 'GET', path: object };
    case 'list':
      return { method: 'GET', path: `${collection}?limit=1` };
    case 'watch':
      return { method: 'GET', path: `${collection}?watch=1&timeoutSeconds=1` };
    case 'create':
      return {
        method: 'POST',
        path: `${subresource === undefined ? collection : object}?dryRun=All`,
        body: subresource === undefined ? {} : BODY,
      };
    case 'deletecollection':
      return { method: 'DELETE', path: `${collection}?dryRun=All` };
    case 'delete':
      return { method: 'DELETE', path: `${object}?dryRun=All` };
    case 'update':
      return { method: 'PUT', path: `${object}?dryRun=All`, body: BODY };
    default:
      return { method: 'PATCH', path: `${object}?dryRun=All`, body: {} };
  }
}

/** Whether the request can be made: in no namespace there is nothing that is in one to make, change or read. */
const canBeDone = (action: Action, place: Place): boolean =>
  action.path !== undefined ||
  (action.version !== undefined &&
    !(action.namespaced === true && place === 'cluster' && !['list', 'watch'].includes(action.verb)) &&
    !(action.namespaced !== true && place !== 'cluster'));

async function statusOf(token: string, { method, path, body }: ReturnType<typeof requestOf>) {
  const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const headers = { authorization: `Bearer ${token}`, 'content-type': type };
  const { status, body: text } = await own.as({ ca: own.admin.ca }, method, path, body, headers);
  return { status, text };
}

describe('and does so', () => {
  test.each(LESSER_PERSONAS)('for a token of %s', async (persona) => {
    const all = actions.flatMap((action) =>
      placesOf(action)
        .filter((place) => canBeDone(action, place))
        .map((place) => ({ action, place, allowed: expected(persona, action, place) })),
    );
    // All that is allowed, and every third of what is not.
    const sample = all.filter(({ allowed }, index) => allowed || index % 3 === 0);
    expect(sample.filter(({ allowed }) => !allowed).length).toBeGreaterThan(200);
    const token = tokenOf(persona);
    const wrong: string[] = [];
    await eachOf(sample, async ({ action, place, allowed }) => {
      const { status, text } = await statusOf(token, requestOf(action, place));
      const refused = status === 403 && /cannot/.test(text);
      const known = allowed ? [200, 201, 400, 404, 405, 409, 415, 422].includes(status) : refused;
      if (!known) wrong.push(`${action.verb} ${action.row}, ${place}: ${status} ${text.slice(0, 150)}`);
    });
    expect(wrong.sort()).toEqual([]);
  });
});
