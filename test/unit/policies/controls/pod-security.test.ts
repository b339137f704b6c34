/** The Pod Security Standards by the standard's own test data: every level, every version, every check. */
import {
  controlAt,
  CONTROLS,
  POD_KINDS,
  validationsAt,
  wrapPod,
  type Control,
  type Example,
} from '../../../../policies';
import { compileControls, type CompiledControl } from '../../../../policies/engine/compile';
import { fixturesFolder, readFixtures, type Fixture, type Level } from './pod-security-fixtures';

const NEWEST = '1.37';
const LEVELS: readonly Level[] = ['baseline', 'restricted'];

const STANDARD = CONTROLS.filter(({ mappings }) => mappings.pss !== undefined);
const folder = fixturesFolder();
const fixtures = folder === undefined ? [] : readFixtures(folder);
// Without Go nobody can fetch the test data. The tests are then counted as skipped, not as passed.
const itWithGo = folder === undefined ? it.skip : it;

const versions = [...new Set(fixtures.map(({ version }) => version))];
const compiledAt = new Map<string, readonly CompiledControl[]>(
  versions.map((version) => [
    version,
    compileControls(STANDARD.map((control) => controlAt(control, version))),
  ]),
);

function controlsOf(version: string, level: Level): readonly CompiledControl[] {
  return compiledAt
    .get(version)!
    .filter(({ control }) => level === 'restricted' || control.mappings.pss!.level === 'baseline');
}

const refuses = ({ judge }: CompiledControl, pod: Fixture['pod']): boolean => judge(pod).length > 0;

/** What is wrong about the verdict on a fixture; nothing where it is as the standard says. */
function mistakes({ passes, check, version, level, file, pod }: Fixture): readonly string[] {
  const controls = controlsOf(version, level);
  if (passes) {
    const refusing = controls.filter((control) => refuses(control, pod));
    return refusing.map(({ control }) => `${file} is refused by ${control.id}`);
  }
  const named = controls.find(({ control }) => control.mappings.pss!.check === check);
  if (named === undefined) return [`${file} is about a check that no control is`];
  return refuses(named, pod) ? [] : [`${file} is not refused by ${named.control.id}`];
}

itWithGo('all 4537 fixtures are there', () => {
  expect(fixtures.length).toBe(4537);
  expect(versions.length).toBe(38);
});

describe.each(LEVELS)('%s', (level) => {
  itWithGo('judges each fixture as the standard does in its version', () => {
    expect(fixtures.filter((fixture) => fixture.level === level).flatMap(mistakes)).toEqual([]);
  });
});

describe.each(POD_KINDS.map((kind) => [kind.kind, kind] as const))('in a %s', (_kind, kind) => {
  itWithGo(`judges each fixture of ${NEWEST} as in a Pod`, () => {
    const wrapped = fixtures
      .filter(({ version }) => version === NEWEST)
      .map((fixture) => {
        const { metadata, spec } = fixture.pod;
        return { ...fixture, pod: wrapPod(kind, { metadata, spec } as Example) };
      });
    expect(wrapped.length).toBe(148);
    expect(wrapped.flatMap(mistakes)).toEqual([]);
  });
});

itWithGo('each control of the standard is a check of it, of the level that it names', () => {
  const checks = (level: Level) =>
    new Set(fixtures.filter((f) => f.level === level && !f.passes).map(({ check }) => check));
  const named = (level: Level) =>
    STANDARD.flatMap(({ mappings: { pss } }) => (pss!.level === level ? [pss!.check] : [])).sort();
  expect(named('baseline')).toEqual([...checks('baseline')].sort());
  expect([...named('baseline'), ...named('restricted')].sort()).toEqual([...checks('restricted')].sort());
});

/** The version from which each edition of a control holds. */
const editions = STANDARD.flatMap((control) =>
  [control.since!, ...(control.earlier ?? []).map(({ since }) => since)].map(
    (since) => [control.id, since, control] as const,
  ),
);

describe.each(editions)('%s as of %s', (_id, since, control) => {
  const about = fixtures.filter(
    ({ version, check, passes }) => version === since && !passes && check === control.mappings.pss!.check,
  );
  const inPods = (examples: readonly Example[]) => examples.map((example) => wrapPod(POD_KINDS[0]!, example));
  const bad = [...about.map(({ pod }) => pod), ...inPods(control.examples.bad)];

  itWithGo('has fixtures that it refuses', () => {
    expect(about).not.toEqual([]);
  });

  itWithGo.each(validationsAt(control, since).map((validation, i) => [i, validation] as const))(
    'needs its validation %d: without it something passes',
    (_index, removed) => {
      const validations = validationsAt(control, since).map((validation) =>
        validation === removed ? { ...validation, expression: 'true' } : validation,
      );
      const [whole, weaker] = compileControls([
        controlAt(control, since),
        { ...control, validations },
      ] satisfies Control[]);
      expect(bad.filter((pod) => refuses(whole!, pod) && !refuses(weaker!, pod))).not.toEqual([]);
    },
  );

  itWithGo('differs from the edition before it by the verdict on some pod', () => {
    const before = `1.${Number(since.split('.')[1]) - 1}`;
    if (since === '1.0' || validationsAt(control, before).length === 0) return;
    const [now, then] = compileControls([controlAt(control, since), controlAt(control, before)]);
    const pods = fixtures.filter(({ version }) => version === since).map(({ pod }) => pod);
    const all = [...pods, ...bad, ...inPods(control.examples.good)];
    expect(all.filter((pod) => refuses(now!, pod) !== refuses(then!, pod))).not.toEqual([]);
  });
});
