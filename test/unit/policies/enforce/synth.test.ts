import * as pulumi from '@pulumi/pulumi';
import type { App } from 'cdk8s';
import { ApiObject, Chart, Testing } from 'cdk8s';
import {
  HardenedDeployment,
  HardenedNamespace,
  KeelsonApp,
  Posture,
  renderApp,
  type Manifest,
} from '../../../../constructs';
import { analyse, keyOf, stepNames } from '../../../../authorization';
import {
  ACCESS_BASELINE_FORMAT,
  type AccessBaseline,
  type KeelsonError,
  type Waiver,
} from '../../../../model';
import { addPolicyValidation, enforceAtSynth, parseWaivers } from '../../../../policies';
import { appWithChart, IMAGE } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

const NOW = new Date('2026-06-15T12:00:00Z');

const privileged = (chart: Chart, id: string) =>
  new ApiObject(chart, id, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: id },
    spec: { automountServiceAccountToken: false, hostNetwork: true, hostPID: true, containers: [] },
  });

describe('enforceAtSynth', () => {
  it('refuses an app with every object that breaks a control', () => {
    const { app, chart } = appWithChart();
    privileged(chart, 'first');
    privileged(chart, 'second');
    expect([...new Set(places(problemsOf(() => enforceAtSynth(renderApp(app), { now: NOW }))))]).toEqual([
      'chart/first [policy/violation]',
      'chart/second [policy/violation]',
    ]);
  });
});

it('knows that groups of administrators are bound, whether or not the app says so', () => {
  const { app, chart } = appWithChart();
  const type = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'x' } };
  const impersonates = (resource: string, name: string) => ({
    ...{ apiGroups: [''], resources: [resource], resourceNames: [name], verbs: ['impersonate'] },
  });
  new ApiObject(chart, 'role', {
    ...{ ...type, kind: 'ClusterRole' },
    rules: [impersonates('users', 'jane'), impersonates('groups', 'keelson:cluster-admins')],
  });
  new ApiObject(chart, 'binding', {
    ...{ ...type, kind: 'ClusterRoleBinding' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'x' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'team:x' }],
  });
  expect(places(problemsOf(() => enforceAtSynth(renderApp(app), { now: NOW })))).toContain(
    'Group team:x [access/path]',
  );
});

it('refuses an object that claims an owner, as only what controllers made has one', () => {
  const { app, chart } = appWithChart();
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'x', uid: 'x' };
  const metadata = { name: 'x', namespace: 'shop', ownerReferences: [owner] };
  new ApiObject(chart, 'x', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
  expect(places(problemsOf(() => enforceAtSynth(renderApp(app), { now: NOW })))).toEqual([
    'chart/x.metadata.ownerReferences [policy/violation]',
  ]);
});

describe('schemas', () => {
  const configMap = (chart: Chart, id: string, rest: object) =>
    new ApiObject(chart, id, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: id, namespace: 'shop' },
      ...rest,
    });
  const thing = (chart: Chart) =>
    new ApiObject(chart, 'thing', {
      apiVersion: 'a.example/v1',
      kind: 'Thing',
      metadata: { name: 't' },
      sise: 1,
    });
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.a.example' },
    spec: {
      group: 'a.example',
      scope: 'Cluster',
      names: { kind: 'Thing', plural: 'things' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { size: { type: 'integer' } } } },
        },
      ],
    },
  };

  it('refuse every wrong field of every object at once, beside what breaks a control', () => {
    const { app, chart } = appWithChart();
    configMap(chart, 'first', { dta: {}, immutable: 'yes' });
    configMap(chart, 'second', { data: { a: 1 } });
    privileged(chart, 'third');
    const problems = problemsOf(() => enforceAtSynth(renderApp(app), { now: NOW }));
    expect(places(problems).filter((place) => place.includes('object/invalid'))).toEqual([
      'chart/first [object/invalid]',
      'chart/first [object/invalid]',
      'chart/second [object/invalid]',
    ]);
    expect(places(problems)).toContain('chart/third [policy/violation]');
  });

  it('are those of the release of the posture', () => {
    const policyIn = (kubernetes: '1.35' | '1.36') => () => {
      const app = new KeelsonApp({ posture: { kubernetes } });
      const policy = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingAdmissionPolicy' };
      new ApiObject(new Chart(app, 'chart'), 'policy', { ...policy, metadata: { name: 'p' } });
      return enforceAtSynth(renderApp(app), { now: NOW });
    };
    expect(places(problemsOf(policyIn('1.35')))).toEqual(['chart/policy [object/invalid]']);
    expect(policyIn('1.36')().notValidated).toEqual([]);
  });

  it('of custom objects come from the app, and from the definitions that it was given', () => {
    const given = new KeelsonApp({ definitions: [definition] });
    thing(new Chart(given, 'chart'));
    const declared = appWithChart();
    new ApiObject(declared.chart, 'definition', definition);
    thing(declared.chart);
    for (const app of [given, declared.app]) {
      const [problem, ...others] = problemsOf(() => enforceAtSynth(renderApp(app), { now: NOW }));
      expect(problem).toMatchObject({ where: 'chart/thing', message: 'Thing t: sise: Unknown field.' });
      expect(others).toEqual([]);
    }
  });

  it('that nobody gave are told, and not guessed', () => {
    const { app, chart } = appWithChart();
    thing(chart);
    const { notValidated } = enforceAtSynth(renderApp(app), { now: NOW });
    expect(notValidated.map(({ source }) => source)).toEqual(['chart/thing']);
  });

  it('let an Output stand where any type belongs', () => {
    const app = new KeelsonApp();
    configMap(new Chart(app, 'chart'), 'map', { data: { region: pulumi.output('eu') } });
    new ApiObject(app.node.children[0] as Chart, 'class', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'c' },
      value: pulumi.output(5),
    });
    expect(() => enforceAtSynth(renderApp(app), { now: NOW })).not.toThrow();
  });
});

describe('addPolicyValidation', () => {
  const stockApp = (): { app: App; chart: Chart } => {
    const app = Testing.app();
    return { app, chart: new Chart(app, 'chart') };
  };

  it('makes app.synth() of stock cdk8s fail with the construct path', () => {
    const { app, chart } = stockApp();
    privileged(chart, 'pod');
    addPolicyValidation(app, { now: NOW });
    expect(() => app.synth()).toThrow(/chart\/pod: Pod pod breaks host-namespaces: .* Leave out hostNetwork/);
  });

  it('names fields that there are not, too', () => {
    const { app, chart } = stockApp();
    new ApiObject(chart, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, dta: {} });
    addPolicyValidation(app, { now: NOW });
    expect(() => app.synth()).toThrow('chart/map: ConfigMap m: dta: Unknown field. Did you mean "data"?');
  });

  it('refuses a way to cluster-admin, but one that is accepted', () => {
    const bound = (access?: AccessBaseline): App => {
      const { app, chart } = stockApp();
      const name = 'system:kube-controller-manager';
      new ApiObject(chart, 'x', {
        ...{
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name: 'x' },
        },
        ...{ roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name } },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'team:x' }],
      });
      addPolicyValidation(app, { now: NOW, access });
      return app;
    };
    expect(() => bound().synth()).toThrow('Group team:x: It can become an administrator of the cluster');
    const objects = bound()
      .node.findAll()
      .filter((construct) => construct instanceof ApiObject);
    const { paths } = analyse(objects.map((one) => ({ manifest: one.toJson() as Manifest, source: 'test' })));
    const accepted = paths.map((path) => ({
      ...{ subject: keyOf(path.subject), steps: stepNames(path), owner: 'build team' },
      reason: 'it is the controllers themselves',
    }));
    expect(() => bound({ format: ACCESS_BASELINE_FORMAT, paths: accepted }).synth()).not.toThrow();
  });

  it('is needed for that', () => {
    const { app, chart } = stockApp();
    privileged(chart, 'pod');
    expect(() => app.synth()).not.toThrow();
  });

  it('checks what stands below the construct only', () => {
    const { app, chart } = stockApp();
    const checked = new Chart(app, 'checked');
    privileged(chart, 'pod');
    addPolicyValidation(checked, { now: NOW });
    expect(() => app.synth()).not.toThrow();
  });

  it('judges by the posture of each object, and tells of waivers that are wrong', () => {
    const { app, chart } = stockApp();
    Posture.tighten(chart, { users: { lowest: 20_000, highest: 30_000 }, user: 20_000, longestWaiver: 10 });
    const namespace = new HardenedNamespace(chart, 'shop');
    const api = new HardenedDeployment(chart, 'api', { namespace, image: IMAGE });
    api.deployment.addContainer({ name: 'late', image: IMAGE, securityContext: { user: 10_001 } });
    addPolicyValidation(app, { now: NOW });
    expect(() => app.synth()).toThrow('container late breaks user-range');
  });

  it('sees what is added after it', () => {
    const { app, chart } = stockApp();
    addPolicyValidation(app, { now: NOW });
    privileged(chart, 'late');
    expect(() => app.synth()).toThrow('chart/late');
  });

  it('lets hardened workloads pass', () => {
    const { app, chart } = stockApp();
    const namespace = new HardenedNamespace(chart, 'shop');
    new HardenedDeployment(chart, 'api', { namespace, image: IMAGE });
    addPolicyValidation(app, { now: NOW });
    expect(() => app.synth()).not.toThrow();
  });
});

describe('waivers', () => {
  const waiver = {
    control: 'host-namespaces',
    kind: 'Pod',
    namespace: '',
    name: 'first',
    owner: 'platform team',
    reason: 'captures the traffic of its node',
    expires: '2026-06-15',
  };
  const bare = { ...waiver, control: 'bare-pod', expires: '2026-06-20' };
  const app = () => {
    const made = appWithChart();
    privileged(made.chart, 'first');
    return renderApp(made.app);
  };
  const told = (waivers: readonly Waiver[], now = NOW): readonly string[] => {
    try {
      enforceAtSynth(app(), { waivers, now });
      return [];
    } catch (error) {
      return (error as KeelsonError).problems.map(({ message }) => message);
    }
  };

  it('let pass what they name', () => {
    expect(told([waiver, bare])).toEqual([]);
  });

  it('let nothing else pass', () => {
    expect(told([]).join()).toContain('breaks host-namespaces');
    expect(told([{ ...waiver, name: 'second' }]).join()).toContain('breaks host-namespaces');
    expect(told([{ ...waiver, container: 'other' }]).join()).toContain('breaks host-namespaces');
    expect(told([{ ...waiver, control: 'privileged' }]).join()).toContain('breaks host-namespaces');
  });

  it('end with their last day, in UTC', () => {
    expect(told([waiver, bare], new Date('2026-06-15T23:59:59.999Z'))).toEqual([]);
    const after = told([waiver], new Date('2026-06-16T00:00:00Z')).join();
    expect(after).toContain('It ended with 2026-06-15.');
    expect(after).toContain('breaks host-namespaces');
  });

  it.each<[string, Partial<Waiver>, string]>([
    ['without an owner', { owner: ' ' }, 'Nobody owns it.'],
    ['without a reason', { reason: ' ' }, 'It gives no reason.'],
    ['with a reason that says nothing', { reason: 'because' }, '"because" is too short for a reason.'],
    ['without a real day', { expires: '2026-02-30' }, '"2026-02-30" is no day.'],
    ['for a control that there is not', { control: 'no-such' }, 'There is no such control.'],
    ['for nothing', { name: 'nobody' }, 'Nothing breaks the control there.'],
  ])('%s are refused', (_what, change, message) => {
    expect(told([{ ...waiver, ...change }])).toContain(message);
  });

  it('are refused when they are said twice', () => {
    expect(told([waiver, waiver])).toContain('It repeats waivers[0].');
  });
});

describe('parseWaivers', () => {
  it('takes a list, alone or under its name', () => {
    const list = [{ control: 'c', kind: 'Pod', name: 'n', owner: 'o', reason: 'r', expires: '2026-01-01' }];
    const parsed = [{ ...list[0], namespace: '' }];
    expect(parseWaivers(list, 'f')).toEqual(parsed);
    expect(parseWaivers({ waivers: list }, 'f')).toEqual(parsed);
    expect(parseWaivers(null, 'f')).toEqual([]);
  });

  it('names every entry and field that is wrong', () => {
    const list = [{ control: 'c', until: 'never' }];
    const found = places(problemsOf(() => parseWaivers(list, 'waivers.yaml')));
    expect(found.join('\n')).toContain('waivers.yaml: waivers[0].kind');
    expect(found.length).toBeGreaterThanOrEqual(5);
  });
});
