/** Known ways from some right to a greater one, on a real control plane. */
import { LESSER_PERSONAS } from './support/personas';
import { TECHNIQUES } from './support/escalation';
import { Refused, type Attacker } from './support/escalation/attacker';
import { IN_THEIR_OWN } from './support/escalation/own-namespace';
import { readingDisk } from './support/escalation/nodes';
import { withoutOne, type Technique } from './support/escalation/technique';
import { MACHINE_ADDRESS, podSpec, World } from './support/escalation/world';

jest.setTimeout(600_000);

const NAMED = TECHNIQUES.map((technique) => [technique.name, technique] as const);
const world = new World();
beforeAll(() => world.start());
afterAll(() => world.stop());

/** How an attempt ended: whether something was gained, or what was refused. */
async function attempt(me: Attacker, technique: Technique, target: string): Promise<boolean | Refused> {
  try {
    return await technique.attempt(me, world, target);
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  } finally {
    await world.sweep(me);
  }
}

/** Nothing was gained, and it was RBAC that said no. */
function expectNothing(outcome: boolean | Refused, { silent }: Technique): void {
  if (silent === true && outcome === false) return;
  // An error of its own kind shows what was refused instead, and by whom.
  if (!(outcome instanceof Refused)) throw new Error('nothing was refused');
  if (!outcome.byAuthorization) throw outcome;
}

test('there are many, each with a name and a source', () => {
  expect(TECHNIQUES.length).toBeGreaterThanOrEqual(25);
  expect(new Set(TECHNIQUES.map(({ name }) => name)).size).toBe(TECHNIQUES.length);
  expect(TECHNIQUES.filter(({ source }) => source === '')).toEqual([]);
});

describe('each leads to more where all that it needs is granted, and to nothing where any part of it is not', () => {
  // On a machine that has loopback alone the API server proxies to no node: there is nothing to win.
  const possible = NAMED.filter(([, { proxied }]) => proxied !== true || MACHINE_ADDRESS !== undefined);

  test.each(possible)('%s', async (_, technique) => {
    const me = await world.nobody();
    await world.grant(me, technique.needs, 'vault', technique.holds);
    expect(await attempt(me, technique, 'vault')).toBe(true);
    for (const needs of withoutOne(technique)) {
      const lesser = await world.nobody();
      await world.grant(lesser, needs, 'vault', technique.holds);
      expectNothing(await attempt(lesser, technique, 'vault'), technique);
    }
  });
});

describe('each is refused by RBAC alone for every lesser persona', () => {
  test.each(NAMED)('%s', async (_, technique) => {
    for (const persona of LESSER_PERSONAS) {
      const me = await world.persona(persona);
      expectNothing(await attempt(me, technique, 'vault'), technique);
    }
  });
});

describe('in the namespace that they work in, where something strong was put on purpose', () => {
  const local = NAMED.filter(([, { needs }]) => needs.target !== undefined);

  test('the list names ways that are tried', () => {
    const names = local.map(([name]) => name);
    expect(Object.keys(IN_THEIR_OWN).filter((name) => !names.includes(name))).toEqual([]);
  });

  test.each(local)('%s', async (name, technique) => {
    for (const persona of LESSER_PERSONAS) {
      const outcome = await attempt(await world.persona(persona), technique, 'team');
      if (IN_THEIR_OWN[name]?.includes(persona)) expect([persona, outcome]).toEqual([persona, true]);
      else expectNothing(outcome, technique);
    }
  });
});

test('admission is what keeps a deployment from the disk of its node: its pods are not made', async () => {
  const level = (enforce: string) =>
    world.admin(
      'PATCH',
      '/api/v1/namespaces/team',
      { metadata: { labels: { 'pod-security.kubernetes.io/enforce': enforce } } },
      { 'content-type': 'application/merge-patch+json' },
    );
  await level('restricted');
  const me = await world.persona('developer');
  // Pod Security sees the label a moment later.
  const pod = { metadata: { name: me.id }, spec: { hostNetwork: true, ...podSpec() } };
  const inForce = () => world.own.api('POST', '/api/v1/namespaces/team/pods?dryRun=All', pod);
  await world.eventually(async () => (await inForce()).status === 403);
  const deployments = '/apis/apps/v1/namespaces/team/deployments';
  await me.must('POST', deployments, readingDisk(me, world));
  const refused = await world.eventually(async () =>
    JSON.stringify(await world.admin('GET', `${deployments}/${me.id}/status`)).includes(
      'violates PodSecurity',
    ),
  );
  await world.sweep(me);
  await level('privileged');
  expect(refused).toBe(true);
});
