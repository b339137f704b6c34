import {
  addWaiver,
  existingSecret,
  HardenedDeployment,
  HardenedNamespace,
  HardenedPod,
  renderApp,
  type HardenedDeploymentProps,
} from '../../../../constructs';
import { waived, type KeelsonError, type Problem, type Waived } from '../../../../model';
import { AdmissionPolicies, enforceAtSynth, waiversOf } from '../../../../policies';
import { appWithChart, IMAGE, manifestOf, podOf } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

const NOW = new Date('2026-11-25T12:00:00Z');
const GRANT = { owner: 'data team', reason: 'the image cannot do without', expires: '2026-12-31' };
const SECRET = { PASSWORD: { secret: existingSecret('shop', 'db'), key: 'password' } };

/** A relaxed option, as it is written and without its waiver, and the controls that it breaks. */
const RELAXED: readonly [string, Partial<HardenedDeploymentProps>, unknown, readonly string[]][] = [
  [
    'image',
    { image: waived('registry.example/app:1.0', GRANT) },
    'registry.example/app:1.0',
    ['image-digest'],
  ],
  ['user', { user: waived(999, GRANT) }, 999, ['user-range']],
  ['user', { user: waived(0, GRANT), group: 20_000 }, 0, ['root-user', 'run-as-non-root']],
  ['group', { group: waived(0, GRANT) }, 0, ['root-group']],
  ['readOnlyRoot', { readOnlyRoot: waived(false, GRANT) }, false, ['read-only-root']],
  ['capabilities', { capabilities: waived(['CHOWN'], GRANT) }, ['CHOWN'], ['drop-capabilities']],
  [
    'capabilities',
    { capabilities: waived(['SYS_TIME'], GRANT) },
    ['SYS_TIME'],
    ['added-capabilities', 'drop-capabilities'],
  ],
  ['secretEnv', { secretEnv: waived(SECRET, GRANT) }, SECRET, ['secret-in-environment']],
];

function deployed(props: Partial<HardenedDeploymentProps>, profile?: Waived<'privileged'>) {
  const { app, chart } = appWithChart();
  const namespace = new HardenedNamespace(chart, 'shop', { profile });
  const policies = new AdmissionPolicies(chart, 'admission');
  const api = new HardenedDeployment(chart, 'api', { namespace, image: IMAGE, ...props });
  return { app, chart, api, policies };
}

const PRIVILEGED = waived('privileged', GRANT);

describe.each(RELAXED)('%s, relaxed (%j)', (option, props, plain, controls) => {
  it('passes synth, by waivers of just the controls that it breaks, for the one container', () => {
    const { app } = deployed(props, PRIVILEGED);
    expect(enforceAtSynth(renderApp(app), { now: NOW })).toMatchObject({
      undetermined: [],
      notValidated: [],
    });
    const own = waiversOf(app).filter(({ kind }) => kind === 'Deployment');
    expect(own.map(({ control }) => control).sort()).toEqual(controls);
    for (const waiver of own)
      expect(waiver).toEqual({
        ...GRANT,
        control: waiver.control,
        kind: 'Deployment',
        namespace: 'shop',
        name: 'api',
        container: 'api',
      });
  });

  it('is in the admission policies, though it came after them', () => {
    const { app } = deployed(props, PRIVILEGED);
    for (const control of controls) {
      const { spec } = manifestOf(app, 'ValidatingAdmissionPolicy', `keelson-${control}`);
      expect(JSON.stringify(spec)).toContain(GRANT.reason);
    }
  });

  it('is refused without its waiver, and with one that was written by hand', () => {
    for (const setting of [plain, { value: plain, grant: GRANT }]) {
      const problems = problemsOf(() => deployed({ ...props, [option]: setting }));
      expect(places(problems)).toContain(`chart/api.${option} [construct/invalid]`);
    }
  });

  it('ends with its day', () => {
    const { app } = deployed(props, PRIVILEGED);
    const problems = problemsOf(() =>
      enforceAtSynth(renderApp(app), { now: new Date('2027-01-01T00:00:00Z') }),
    );
    for (const control of controls)
      expect(problems.map(({ message }) => message).join()).toContain(`breaks ${control}:`);
  });
});

it('does not compile without its waiver', () => {
  const { chart } = appWithChart();
  const namespace = new HardenedNamespace(chart, 'shop');
  // @ts-expect-error -- false needs waived(…)
  const readOnly = () => new HardenedDeployment(chart, 'a', { namespace, image: IMAGE, readOnlyRoot: false });
  // @ts-expect-error -- CHOWN needs waived(…)
  const able = () => new HardenedDeployment(chart, 'b', { namespace, image: IMAGE, capabilities: ['CHOWN'] });
  // @ts-expect-error -- the environment needs waived(…)
  const told = () => new HardenedDeployment(chart, 'c', { namespace, image: IMAGE, secretEnv: SECRET });
  // @ts-expect-error -- a bare Pod needs its waiver
  const bare = () => new HardenedPod(chart, 'd', { namespace, image: IMAGE });
  // @ts-expect-error -- another level than restricted needs waived(…)
  const open = () => new HardenedNamespace(chart, 'e', { profile: 'baseline' });
  expect([readOnly, able, told, bare, open]).toHaveLength(5);
});

it('a relaxed user is that of the one container: what is added beside it keeps the one of the posture', () => {
  const { app, api } = deployed({ user: waived(999, GRANT) });
  api.deployment.addContainer({ name: 'beside', image: IMAGE });
  const pod = podOf(app, 'api');
  expect(pod.securityContext).toMatchObject({ runAsUser: 10_001, runAsGroup: 10_001, fsGroup: 999 });
  expect(pod.containers[0]!.securityContext).toMatchObject({ runAsUser: 999, runAsGroup: 999 });
  expect(pod.containers[1]!.securityContext).not.toHaveProperty('runAsUser');
});

describe('waivers that reach too far', () => {
  const told = (app: ReturnType<typeof deployed>['app']) => {
    let problems: readonly Problem[] = [];
    try {
      enforceAtSynth(renderApp(app), { now: NOW });
    } catch (error) {
      problems = (error as KeelsonError).problems;
    }
    return problems.map(({ message }) => message);
  };

  it('relax the whole pod for what one of its containers breaks', () => {
    const { app, api } = deployed({ waivers: [{ control: 'read-only-root', ...GRANT }] });
    api.deployment.addContainer({
      name: 'late',
      image: IMAGE,
      securityContext: { readOnlyRootFilesystem: false },
    });
    expect(told(app)).toEqual(['It relaxes 2 containers, and only late needs it.']);
  });

  it('do not, where they name the one', () => {
    const { app, api } = deployed({ waivers: [{ control: 'read-only-root', container: 'late', ...GRANT }] });
    api.deployment.addContainer({
      name: 'late',
      image: IMAGE,
      securityContext: { readOnlyRootFilesystem: false },
    });
    expect(told(app)).toEqual([]);
  });

  it('last longer than the posture allows', () => {
    const late = { ...GRANT, expires: '2027-11-26' };
    expect(told(deployed({ readOnlyRoot: waived(false, late) }).app)).toEqual([
      'It lasts 366 days from now, and at most 365 are allowed.',
    ]);
    const still = { ...GRANT, expires: '2027-11-25' };
    expect(told(deployed({ readOnlyRoot: waived(false, still) }).app)).toEqual([]);
  });

  it('last longer in the list that admission policies were given', () => {
    const { app, chart } = appWithChart();
    const waiver = {
      ...GRANT,
      control: 'read-only-root',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'api',
    };
    new AdmissionPolicies(chart, 'admission', { waivers: [{ ...waiver, expires: '2199-01-01' }] });
    expect(told(app)).toEqual([expect.stringContaining('at most 365 are allowed.')]);
  });

  it('are changed after the admission policies were rendered', () => {
    const { app, chart, api } = deployed({ readOnlyRoot: waived(false, GRANT) });
    const late = { ...GRANT, control: 'readiness-probe', kind: 'Deployment', namespace: 'shop', name: 'api' };
    const waiver = { ...late, container: 'late', expires: '2199-01-01' };
    addWaiver(chart, waiver);
    api.deployment.addContainer({ name: 'late', image: IMAGE, portNumber: 8080 });
    waiver.expires = GRANT.expires;
    expect(told(app)).toEqual([expect.stringContaining('at most 365 are allowed.')]);
    expect(() => ((app as { waivers: unknown }).waivers = [])).toThrow();
  });

  it('are no texts', () => {
    const forged = { ...GRANT, owner: undefined, expires: { toString: () => '2026-12-31' } };
    expect(told(deployed({ readOnlyRoot: waived(false, forged as never) }).app)).toContain(
      'owner, expires: no text.',
    );
  });

  it('are for nothing', () => {
    expect(told(deployed({ waivers: [{ control: 'read-only-root', ...GRANT }] }).app)).toEqual([
      'Nothing breaks the control there.',
    ]);
  });

  it('are of no use, as the namespace refuses the pods all the same', () => {
    const { app } = deployed({ user: waived(0, GRANT), group: 20_000 });
    const found = told(app);
    expect(found).toHaveLength(2);
    for (const message of found)
      expect(message).toContain('namespace shop enforces Pod Security "restricted"');
  });
});

describe('a namespace', () => {
  it('enforces less with a waiver, which is for it alone', () => {
    const { app } = deployed({}, PRIVILEGED);
    expect(manifestOf(app, 'Namespace', 'shop').metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'privileged',
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/audit': 'restricted',
    });
    expect(waiversOf(app)).toEqual([
      { ...GRANT, control: 'namespace-pod-security', kind: 'Namespace', namespace: '', name: 'shop' },
    ]);
    expect(enforceAtSynth(renderApp(app), { now: NOW })).toMatchObject({
      undetermined: [],
      notValidated: [],
    });
  });
});
