import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import { HardenedNamespace, KeelsonApp, Posture } from '../../../../constructs';
import { DEFAULT_POSTURE, SUPPORTED_KUBERNETES, waived, type PostureChanges } from '../../../../model';
import { nowOf } from '../../../../policies';
import { places, problemsOf } from '../../support/problems';

const GRANT = { owner: 'platform team', reason: 'a driver of storage needs it', expires: '2026-12-31' };

const chartOf = (posture?: PostureChanges) => new Chart(new KeelsonApp({ posture }), 'chart');

describe('a posture', () => {
  it('is the strictest where nobody said anything', () => {
    expect(Posture.of(chartOf())).toEqual(DEFAULT_POSTURE);
    expect(DEFAULT_POSTURE.profile).toBe('restricted');
  });

  it('is inherited down the tree, and what is beside a scope does not see its changes', () => {
    const app = new KeelsonApp({ posture: { registries: ['registry.example'] } });
    const [strict, beside] = [new Chart(app, 'strict'), new Chart(app, 'beside')];
    Posture.tighten(strict, { userNamespaces: true });
    expect(Posture.of(new Construct(strict, 'inner'))).toMatchObject({
      registries: ['registry.example'],
      userNamespaces: true,
    });
    expect(Posture.of(beside).userNamespaces).toBe(false);
  });

  it('can be set once more in a scope, each time stricter', () => {
    const chart = chartOf();
    Posture.tighten(chart, { longestWaiver: 90 });
    Posture.tighten(chart, { longestWaiver: 30 });
    expect(Posture.of(chart).longestWaiver).toBe(30);
  });

  it('stays as it was set, whoever holds the settings', () => {
    const registries = ['registry.example'];
    const chart = chartOf({ registries });
    registries.push('evil.example');
    const held = Posture.of(chart) as unknown as { longestWaiver: number; registries: string[] };
    expect(() => (held.longestWaiver = 10_000)).toThrow('read only');
    expect(() => held.registries.push('evil.example')).toThrow('not extensible');
    expect(() => ((Posture.of(chart).users as { lowest: number }).lowest = 1)).toThrow('read only');
    expect(() => ((DEFAULT_POSTURE.users as { lowest: number }).lowest = 1)).toThrow('read only');
    expect(Posture.of(chart).registries).toEqual(['registry.example']);
  });

  it('cannot be set once something was built by it', () => {
    const chart = chartOf();
    new HardenedNamespace(chart, 'shop');
    expect(problemsOf(() => Posture.tighten(chart, { userNamespaces: true }))).toEqual([
      {
        code: 'posture/invalid',
        where: 'chart.posture',
        message: 'Something below was built by the posture that counted until now.',
        fix: 'Set the posture of a scope before anything is made in it.',
      },
    ]);
  });
});

const INHERITED: PostureChanges = {
  registries: ['registry.example/team', 'other.example'],
  users: { lowest: 20_000, highest: 30_000 },
  user: 25_000,
  appArmor: 'RuntimeDefault',
  seLinux: { level: 's0:c1,c2' },
  userNamespaces: true,
  longestWaiver: 90,
};

describe('what is less strict', () => {
  it.each<[string, PostureChanges, string]>([
    ['a profile', { profile: 'baseline' as never }, 'profile'],
    ['a profile that there is not', { profile: 'open' as never }, 'profile'],
    ['a release that is not supported', { kubernetes: '1.30' as never }, 'kubernetes'],
    ['another registry', { registries: ['evil.example'] }, 'registries'],
    ['a registry whose name only begins alike', { registries: ['other.example.evil'] }, 'registries'],
    ['the registry around the one allowed', { registries: ['registry.example'] }, 'registries'],
    ['any registry', { registries: [] }, 'registries'],
    ['an empty registry', { registries: [''] }, 'registries'],
    ['lower users', { users: { lowest: 19_999, highest: 30_000 } }, 'users'],
    ['higher users', { users: { lowest: 20_000, highest: 30_001 } }, 'users'],
    ['a range that is none', { users: { lowest: 26_000, highest: 24_000 } }, 'users'],
    ['a user outside of the range', { user: 10_001 }, 'user'],
    ['AppArmor left to the node', { appArmor: 'node' }, 'appArmor'],
    ['no label', { seLinux: {} }, 'seLinux'],
    ['another label', { seLinux: { level: 's0' } }, 'seLinux'],
    ['no users of their own', { userNamespaces: false }, 'userNamespaces'],
    ['longer waivers', { longestWaiver: 91 }, 'longestWaiver'],
    ['waivers of half a day', { longestWaiver: 0.5 }, 'longestWaiver'],
  ])('%s is refused, by name', (_what, changes, setting) => {
    const chart = chartOf(INHERITED);
    const found = places(problemsOf(() => Posture.tighten(chart, changes)));
    expect(found).toContain(`chart.posture.${setting} [posture/invalid]`);
    expect(Posture.of(chart)).toMatchObject(INHERITED);
  });

  it('takes labels beside those that are inherited', () => {
    const chart = chartOf(INHERITED);
    const seLinux = { ...INHERITED.seLinux, type: 'container_t' };
    Posture.tighten(chart, { seLinux });
    expect(Posture.of(chart).seLinux).toEqual(seLinux);
  });

  it('is told all at once', () => {
    const changes: PostureChanges = { userNamespaces: false, appArmor: 'node', longestWaiver: 400 };
    expect(places(problemsOf(() => Posture.tighten(chartOf(INHERITED), changes)))).toHaveLength(3);
  });

  it('holds for the app against the default, too', () => {
    expect(places(problemsOf(() => chartOf({ users: { lowest: 1, highest: 5 } })))).toContain(
      'app.posture.users [posture/invalid]',
    );
  });
});

it('never gets looser by any chain of changes that are taken', () => {
  const changes = fc.record(
    {
      kubernetes: fc.constantFrom(...SUPPORTED_KUBERNETES),
      registries: fc.array(fc.constantFrom('a.example', 'a.example/b', 'c.example', ''), { maxLength: 3 }),
      users: fc.record({ lowest: fc.integer({ max: 40_000 }), highest: fc.integer({ max: 60_000 }) }),
      user: fc.integer({ max: 60_000 }),
      appArmor: fc.constantFrom('node' as const, 'RuntimeDefault' as const),
      userNamespaces: fc.boolean(),
      longestWaiver: fc.integer({ max: 500 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 5 }), (chain) => {
      let scope: Construct = new Construct(undefined as never, '');
      let before = DEFAULT_POSTURE;
      for (const [index, change] of chain.entries()) {
        scope = new Construct(scope, String(index));
        try {
          Posture.tighten(scope, change);
        } catch {
          continue;
        }
        const after = Posture.of(scope);
        expect(after.users.lowest).toBeGreaterThanOrEqual(before.users.lowest);
        expect(after.users.highest).toBeLessThanOrEqual(before.users.highest);
        expect(after.longestWaiver).toBeLessThanOrEqual(before.longestWaiver);
        expect(after.userNamespaces || !before.userNamespaces).toBe(true);
        expect(after.appArmor === 'RuntimeDefault' || before.appArmor === 'node').toBe(true);
        for (const registry of after.registries)
          expect(
            before.registries.length === 0 || before.registries.some((one) => registry.startsWith(one)),
          ).toBe(true);
        before = after;
      }
    }),
  );
});

it('a setting that there is not is refused, and one that is undefined is not said', () => {
  const wrong = { registry: ['registry.example'] } as PostureChanges;
  expect(problemsOf(() => chartOf(wrong))).toEqual([
    {
      code: 'posture/invalid',
      where: 'app.posture.registry',
      message: 'There is no such setting.',
      fix: `Use ${Object.keys(DEFAULT_POSTURE).join(', ')}.`,
    },
  ]);
  expect(Posture.of(chartOf({ registries: undefined }))).toEqual(DEFAULT_POSTURE);
});

describe('a relaxed profile', () => {
  it('needs a waiver, and tells its namespaces who answers for it', () => {
    const chart = chartOf({ profile: waived('baseline', GRANT) });
    expect(Posture.of(chart).profile).toBe('baseline');
    expect(Posture.profileGrantOf(chart)).toEqual(GRANT);
  });

  it('is no relaxed profile where the waiver was written by hand', () => {
    const byHand = { value: 'baseline', grant: GRANT } as never;
    expect(places(problemsOf(() => chartOf({ profile: byHand })))).toEqual([
      'app.posture.profile [posture/invalid]',
    ]);
  });
});

it('today is not in the future, from which waivers would last as long as one likes', () => {
  const later = new Date(Date.now() + 3 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  expect(places(problemsOf(() => nowOf(new KeelsonApp({ today: later }))))).toEqual([
    'app.today [posture/invalid]',
  ]);
  const now = new Date().toISOString().slice(0, 10);
  expect(nowOf(new KeelsonApp({ today: now }))).toEqual(new Date(`${now}T00:00:00Z`));
});

it('today is a day', () => {
  expect(places(problemsOf(() => new KeelsonApp({ today: '2026-02-30' })))).toEqual([
    'app.today [posture/invalid]',
  ]);
  expect(new KeelsonApp({ today: '2026-02-28' }).today).toBe('2026-02-28');
});
