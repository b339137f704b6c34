/** Known ways from some right to a greater one, on a real control plane. */
import { TECHNIQUES } from './support/escalation';
import { Refused, type Attacker } from './support/escalation/attacker';
import { withoutOne, type Technique } from './support/escalation/technique';
import { World } from './support/escalation/world';

jest.setTimeout(300_000);

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
  test.each(TECHNIQUES.map((technique) => [technique.name, technique] as const))(
    '%s',
    async (_, technique) => {
      const me = await world.nobody();
      await world.grant(me, technique.needs, 'vault', technique.holds);
      expect(await attempt(me, technique, 'vault')).toBe(true);
      for (const needs of withoutOne(technique)) {
        const lesser = await world.nobody();
        await world.grant(lesser, needs, 'vault', technique.holds);
        expectNothing(await attempt(lesser, technique, 'vault'), technique);
      }
    },
  );
});
