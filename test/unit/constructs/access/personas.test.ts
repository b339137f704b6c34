import { App, Chart } from 'cdk8s';
import {
  HardenedNamespace,
  Personas,
  renderApp,
  SelfManagedCluster,
  type KeelsonApp,
  type Manifest,
  type PersonasProps,
} from '../../../../constructs';
import type { KeelsonError } from '../../../../model';
import { addPolicyValidation, enforceAtSynth } from '../../../../policies';
import { PROPS } from '../../cluster/sample';
import { appWithChart } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

const NOW = new Date('2026-11-25T12:00:00Z');

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

function everybody(namespace: HardenedNamespace, change: PersonasProps = {}): PersonasProps {
  const namespaces = [namespace];
  return {
    developer: { groups: ['team:developers'], namespaces },
    deployer: { subjects: [{ group: 'team:ci' }, { serviceAccount: 'ci', namespace: 'build' }], namespaces },
    operator: { groups: ['team:operators'], namespaces, nodes: ['worker-1'] },
    auditor: { groups: ['team:auditors'] },
    readOnly: { groups: ['team:guests'], namespaces },
    breakGlass: true,
    ...change,
  };
}

function made(change?: (namespace: HardenedNamespace) => PersonasProps): KeelsonApp {
  const { app, chart } = appWithChart();
  const namespace = new HardenedNamespace(chart, 'shop');
  new Personas(chart, 'personas', (change ?? everybody)(namespace));
  return app;
}

const roles = (app: KeelsonApp) =>
  renderApp(app)
    .objects.map(({ manifest }) => manifest)
    .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole') as (Manifest & { rules: Rule[] })[];

const PERSONAS = ['developer', 'deployer', 'operator', 'auditor', 'read-only'] as const;

/** What a persona may do, each as `verb resource.group`. */
function granted(persona: string): readonly string[] {
  return roles(made())
    .filter(({ metadata }) => metadata.name === `persona:${persona}`)
    .flatMap(({ rules }) => rules)
    .flatMap(({ apiGroups, resources, verbs, resourceNames = [] }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.map((verb) =>
            [verb, group === '' ? resource : `${resource}.${group}`, ...resourceNames].join(' '),
          ),
        ),
      ),
    );
}

const writes = (persona: string) =>
  granted(persona)
    .filter((grant) => !/^(get|list|watch) /.test(grant))
    .sort();

describe('the personas', () => {
  it('break no control, all of them together', () => {
    expect(enforceAtSynth(renderApp(made()), { now: NOW })).toMatchObject({
      undetermined: [],
      notValidated: [],
    });
  });

  it('hold in their namespaces, operator and auditor in the cluster too', () => {
    const where = roles(made()).map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name]);
    expect(where.sort()).toEqual([
      ['ClusterRole', undefined, 'persona:auditor'],
      ['ClusterRole', undefined, 'persona:operator'],
      ['Role', 'shop', 'persona:deployer'],
      ['Role', 'shop', 'persona:developer'],
      ['Role', 'shop', 'persona:operator'],
      ['Role', 'shop', 'persona:read-only'],
    ]);
  });

  it('are nobody unless they are named', () => {
    expect(roles(made(() => ({ auditor: { groups: ['team:auditors'] } })))).toHaveLength(1);
  });

  it.each(PERSONAS)('%s is out of reach of what leads to more', (persona) => {
    const grants = granted(persona);
    expect(grants.length).toBeGreaterThan(10);
    for (const grant of grants) {
      expect(grant).not.toMatch(/\*/);
      expect(grant).not.toMatch(/ secrets\b/);
      expect(grant).not.toMatch(/^(escalate|bind|impersonate|approve|sign|attest|use|deletecollection)/);
      expect(grant).not.toMatch(
        / (pods\/(exec|attach|portforward|proxy|ephemeralcontainers|binding|resize)|services\/proxy)/,
      );
      expect(grant).not.toMatch(/ nodes\/| serviceaccounts\/token|\/status|\/approval|\/finalize/);
    }
    for (const grant of writes(persona)) {
      expect(grant).not.toMatch(
        /\.(rbac|admissionregistration|apiregistration|apiextensions|certificates|node|storage)\.?/,
      );
      expect(grant).not.toMatch(
        / (namespaces|persistentvolumes|resourcequotas|limitranges|endpoints|events)\b/,
      );
      expect(grant).not.toMatch(/^create pods$/);
    }
  });

  it('change this and nothing else', () => {
    expect(writes('auditor')).toEqual([
      'create localsubjectaccessreviews.authorization.k8s.io',
      'create subjectaccessreviews.authorization.k8s.io',
    ]);
    expect(writes('read-only')).toEqual([]);
    expect(writes('operator')).toEqual([
      'create pods/eviction',
      'delete pods',
      'patch daemonsets.apps',
      'patch deployments.apps',
      'patch deployments/scale.apps',
      'patch nodes worker-1',
      'patch statefulsets.apps',
      'patch statefulsets/scale.apps',
      'update deployments/scale.apps',
      'update statefulsets/scale.apps',
    ]);
    const application = [
      'configmaps',
      'cronjobs.batch',
      'deployments.apps',
      'horizontalpodautoscalers.autoscaling',
      'ingresses.networking.k8s.io',
      'jobs.batch',
      'persistentvolumeclaims',
      'poddisruptionbudgets.policy',
      'services',
      'statefulsets.apps',
    ];
    const kept = (resources: readonly string[]) =>
      resources.flatMap((name) => ['create', 'update', 'patch', 'delete'].map((verb) => `${verb} ${name}`));
    expect(writes('developer')).toEqual(
      [
        ...kept(application),
        'delete pods',
        ...['deployments', 'statefulsets'].flatMap((name) => [
          `update ${name}/scale.apps`,
          `patch ${name}/scale.apps`,
        ]),
      ].sort(),
    );
    expect(writes('deployer')).toEqual(
      kept([
        ...application,
        'daemonsets.apps',
        'networkpolicies.networking.k8s.io',
        'serviceaccounts',
      ]).sort(),
    );
  });

  it('logs are for who works in the namespace', () => {
    const readers = PERSONAS.filter((persona) => granted(persona).includes('get pods/log'));
    expect(readers).toEqual(['developer', 'read-only']);
  });

  it('an operator touches the nodes that are named, and none where none is', () => {
    const app = made((namespace) =>
      everybody(namespace, { operator: { groups: ['team:operators'], namespaces: [namespace] } }),
    );
    const operator = roles(app).find(
      ({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === 'persona:operator',
    );
    expect(operator!.rules.every(({ verbs }) => !verbs.includes('patch'))).toBe(true);
  });

  it('break-glass is bound where it is asked for', () => {
    const bindings = (breakGlass?: boolean) =>
      renderApp(made((namespace) => everybody(namespace, { breakGlass }))).objects.filter(
        ({ manifest }) => manifest.metadata.name === 'keelson:break-glass',
      );
    expect([...bindings(false), ...bindings()]).toEqual([]);
    const apiGroup = 'rbac.authorization.k8s.io';
    expect(bindings(true).map(({ manifest }) => manifest)).toMatchObject([
      {
        kind: 'ClusterRoleBinding',
        roleRef: { apiGroup, kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ apiGroup, kind: 'Group', name: 'keelson:break-glass' }],
      },
    ]);
  });
});

describe('what they refuse', () => {
  it('a namespace by its name alone', () => {
    const namespaces = ['shop'] as never;
    expect(problemsOf(() => made(() => ({ readOnly: { groups: ['team:a'], namespaces } })))).toMatchObject([
      { where: 'chart/personas.readOnly.namespaces[0]', message: '"shop" is no namespace.' },
    ]);
  });

  it.each(['system:masters', 'system:nodes', 'keelson:break-glass', ''])('the group %j', (group) => {
    expect(places(problemsOf(() => made(() => ({ auditor: { groups: ['team:a', group] } }))))).toEqual([
      'chart/personas.auditor.groups[1] [construct/invalid]',
    ]);
  });

  it.each(['kube-system', 'kube-public', 'kube-node-lease', 'default'])('the namespace %s', (name) => {
    const app = () => {
      const { chart } = appWithChart();
      const namespaces = [new HardenedNamespace(chart, 'shop'), new HardenedNamespace(chart, name)];
      new Personas(chart, 'personas', { operator: { groups: ['team:a'], namespaces } });
    };
    expect(places(problemsOf(app))).toEqual(['chart/personas.operator.namespaces[1] [construct/invalid]']);
  });

  it('a namespace twice, and what is no list', () => {
    const app = () =>
      made((namespace) => ({
        developer: { groups: ['team:a'], namespaces: [namespace, namespace] },
        auditor: {} as never,
        readOnly: { groups: 'team:b' } as never,
      }));
    expect(places(problemsOf(app))).toEqual([
      'chart/personas.developer.namespaces[1] [construct/invalid]',
      'chart/personas.auditor.groups [construct/invalid]',
      'chart/personas.readOnly.groups [construct/invalid]',
      'chart/personas.readOnly.namespaces [construct/invalid]',
    ]);
  });

  it('a persona that there is not', () => {
    const problems = problemsOf(() => made(() => ({ develper: { groups: ['team:a'] } }) as never));
    expect(places(problems)).toEqual(['chart/personas.develper [construct/invalid]']);
    expect(problems[0]?.fix).toContain('developer, deployer');
  });

  it('nobody, and nowhere, all at once', () => {
    const problems = problemsOf(() =>
      made((namespace) => ({
        developer: { groups: [], namespaces: [] },
        deployer: { subjects: [], namespaces: [namespace] },
        auditor: { groups: [] },
      })),
    );
    expect(places(problems)).toEqual([
      'chart/personas.developer.groups [construct/invalid]',
      'chart/personas.developer.namespaces [construct/invalid]',
      'chart/personas.deployer.subjects [construct/invalid]',
      'chart/personas.auditor.groups [construct/invalid]',
    ]);
  });
});

describe('the nodes of operators', () => {
  const found = (nodes: readonly string[], cluster: boolean): readonly string[] => {
    const app = made((namespace) => ({
      operator: { groups: ['team:operators'], namespaces: [namespace], nodes },
    }));
    const etcd = ['a', 'b', 'c'].map((name, index) => ({ name, address: `192.0.2.${31 + index}` }));
    if (cluster) new SelfManagedCluster(app, 'prod', { ...PROPS, etcd });
    try {
      enforceAtSynth(renderApp(app), { now: NOW });
    } catch (error) {
      const { problems } = error as KeelsonError;
      return problems.map(({ where, message, fix }) => `${where}: ${message} ${fix}`);
    }
    return [];
  };

  it('are workers of the cluster in the same app', () => {
    expect(found(['worker-1'], true)).toEqual([]);
    expect(found(['worker-1', 'cp-1', 'a', 'wroker-1'], true)).toEqual([
      'chart/personas.operator.nodes[1]: "cp-1" is a machine of the cluster with the role control-plane. Name workers: worker-1.',
      'chart/personas.operator.nodes[2]: "a" is a machine of the cluster with the role etcd. Name workers: worker-1.',
      'chart/personas.operator.nodes[3]: "wroker-1" is no machine of the cluster. Name workers: worker-1.',
    ]);
  });

  it('are not known where the app has no cluster', () => {
    expect(found(['cp-1'], false)).toEqual([]);
  });

  it('are judged by stock cdk8s too, of a whole app', () => {
    const app = new App();
    new SelfManagedCluster(app, 'prod', PROPS);
    const chart = new Chart(app, 'chart');
    const namespaces = [new HardenedNamespace(chart, 'shop')];
    new Personas(chart, 'personas', { operator: { groups: ['team:a'], namespaces, nodes: ['cp-1'] } });
    addPolicyValidation(app, { now: NOW });
    expect(() => app.synth()).toThrow('chart/personas.operator.nodes[0]: "cp-1" is a machine of the cluster');
  });
});
