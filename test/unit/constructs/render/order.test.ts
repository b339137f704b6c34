import { ApiObject, Chart } from 'cdk8s';
import {
  allow,
  api as table,
  HardenedDeployment,
  HardenedNamespace,
  Port,
  renderApp,
  ScopedRole,
} from '../../../../constructs';
import { AdmissionPolicies } from '../../../../policies';
import { appWithChart, appWithNamespace, IMAGE } from '../../support/charts';
import { problemsOf } from '../../support/problems';

/** `path → paths of what has to be there before it`, for every object of the app. */
function edges(app: ReturnType<typeof appWithChart>['app']): Record<string, readonly string[]> {
  return Object.fromEntries(
    renderApp(app).objects.map(({ path, dependsOn }) => [path, dependsOn.map((other) => other.path)]),
  );
}

function paths(app: ReturnType<typeof appWithChart>['app']): readonly string[] {
  return renderApp(app).objects.map(({ path }) => path);
}

const pod = (serviceAccountName?: string) => ({ containers: [], serviceAccountName });

describe('what has to be there first in every cluster', () => {
  it('the namespace before its contents', () => {
    const { app, chart } = appWithChart();
    new ApiObject(chart, 'map', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm', namespace: 'a' },
    });
    new ApiObject(chart, 'stranger', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm', namespace: 'b' },
    });
    new ApiObject(chart, 'a', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } });
    expect(edges(app)).toEqual({ 'chart/a': [], 'chart/map': ['chart/a'], 'chart/stranger': [] });
    expect(paths(app)).toEqual(['chart/a', 'chart/map', 'chart/stranger']);
  });

  it('the definition of a kind before its instances, and of no other group', () => {
    const { app, chart } = appWithChart();
    new ApiObject(chart, 'widget', { apiVersion: 'shop.io/v1', kind: 'Widget', metadata: { name: 'w' } });
    new ApiObject(chart, 'other', { apiVersion: 'else.io/v1', kind: 'Widget', metadata: { name: 'w' } });
    new ApiObject(chart, 'crd', {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.shop.io' },
      spec: { group: 'shop.io', names: { kind: 'Widget' } },
    });
    expect(edges(app)).toEqual({
      'chart/crd': [],
      'chart/widget': ['chart/crd'],
      'chart/other': [],
    });
  });

  it.each([
    ['Pod', 'v1', { ...pod('robot') }],
    ['Deployment', 'apps/v1', { template: { spec: pod('robot') } }],
    ['StatefulSet', 'apps/v1', { template: { spec: pod('robot') } }],
    ['DaemonSet', 'apps/v1', { template: { spec: pod('robot') } }],
    ['ReplicaSet', 'apps/v1', { template: { spec: pod('robot') } }],
    ['ReplicationController', 'v1', { template: { spec: pod('robot') } }],
    ['Job', 'batch/v1', { template: { spec: pod('robot') } }],
    ['CronJob', 'batch/v1', { jobTemplate: { spec: { template: { spec: pod('robot') } } } }],
  ])('the account of a %s and the roles bound to it', (kind, apiVersion, spec) => {
    const { app, chart } = appWithChart();
    const metadata = { name: 'robot', namespace: 'a' };
    const rbac = 'rbac.authorization.k8s.io/v1';
    new ApiObject(chart, 'workload', { apiVersion, kind, metadata, spec });
    new ApiObject(chart, 'binding', {
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata,
      roleRef: { kind: 'Role', name: 'robot' },
      subjects: [{ kind: 'ServiceAccount', name: 'robot' }],
    });
    new ApiObject(chart, 'wide', {
      apiVersion: rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'robot' },
      roleRef: { kind: 'ClusterRole', name: 'robot' },
      subjects: [
        { kind: 'User', name: 'robot' },
        { kind: 'ServiceAccount', name: 'robot', namespace: 'a' },
      ],
    });
    new ApiObject(chart, 'role', { apiVersion: rbac, kind: 'Role', metadata });
    new ApiObject(chart, 'cluster-role', {
      apiVersion: rbac,
      kind: 'ClusterRole',
      metadata: { name: 'robot' },
    });
    new ApiObject(chart, 'account', { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    expect(edges(app)).toEqual({
      'chart/role': [],
      'chart/cluster-role': [],
      'chart/account': [],
      'chart/binding': ['chart/role'],
      'chart/wide': ['chart/cluster-role'],
      'chart/workload': ['chart/account', 'chart/binding', 'chart/wide'],
    });
  });

  it('not the bindings of another account', () => {
    const { app, chart } = appWithChart();
    const metadata = { name: 'robot', namespace: 'a' };
    for (const [id, namespace, name] of [
      ['elsewhere', 'b', 'robot'],
      ['somebody', 'a', 'other'],
    ] as const) {
      new ApiObject(chart, id, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: id, namespace: 'a' },
        subjects: [{ kind: 'ServiceAccount', name, namespace }],
      });
    }
    new ApiObject(chart, 'pod', { apiVersion: 'v1', kind: 'Pod', metadata, spec: pod('robot') });
    expect(edges(app)['chart/pod']).toEqual([]);
  });

  it('the default account of the namespace where none is named', () => {
    const { app, chart } = appWithChart();
    new ApiObject(chart, 'pod', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'a' },
      spec: pod(),
    });
    new ApiObject(chart, 'account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'a' },
    });
    expect(edges(app)['chart/pod']).toEqual(['chart/account']);
  });

  it('the admission policies before everything else, wherever they are declared', () => {
    const { app, chart, namespace } = appWithNamespace();
    new HardenedDeployment(chart, 'api', { namespace, image: IMAGE });
    new AdmissionPolicies(chart, 'admission');
    const kinds = renderApp(app).objects.map(({ manifest }) => manifest.kind);
    const isPolicy = (kind: string) => kind.startsWith('ValidatingAdmissionPolicy');
    const policies = kinds.filter(isPolicy).length;
    expect(policies).toBeGreaterThan(2);
    expect(kinds.lastIndexOf('ValidatingAdmissionPolicyBinding')).toBe(policies - 1);
  });
});

describe('what the constructs say', () => {
  it('orders charts and their objects by addDependency', () => {
    const { app, chart } = appWithChart();
    const first = new Chart(app, 'first');
    new ApiObject(chart, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } });
    new ApiObject(first, 'a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
    new ApiObject(first, 'b', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } });
    chart.addDependency(first);
    expect(edges(app)).toEqual({
      'first/a': [],
      'first/b': [],
      'chart/map': ['first/a', 'first/b'],
    });
    expect(renderApp(app).charts.map(({ fileStem }) => fileStem)).toEqual(['0000-first', '0001-chart']);
  });

  it('waits for the last objects of another chart only: they wait for the others', () => {
    const { app, chart } = appWithNamespace();
    const later = new Chart(app, 'later');
    new ApiObject(later, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' } });
    later.addDependency(chart);
    expect(edges(app)['later/map']).toEqual([
      'chart/shop/DefaultDeny/Policy',
      'chart/shop/DnsEgress/Policy',
      'chart/shop/Limits/Quota',
      'chart/shop/Limits/Range',
    ]);
  });

  it('names the cycle where two constructs wait for each other', () => {
    const { app, chart } = appWithChart();
    const other = new Chart(app, 'other');
    new ApiObject(chart, 'a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
    new ApiObject(other, 'b', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } });
    chart.addDependency(other);
    other.addDependency(chart);
    expect(problemsOf(() => renderApp(app))).toMatchObject([
      { code: 'construct/invalid', message: 'It depends on itself: chart/a → other/b → chart/a.' },
    ]);
  });

  it('names the cycle where a namespace waits for its own contents', () => {
    const { app, chart } = appWithChart();
    const namespace = new ApiObject(chart, 'ns', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'a' },
    });
    const map = new ApiObject(chart, 'map', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm', namespace: 'a' },
    });
    namespace.addDependency(map);
    expect(problemsOf(() => renderApp(app))).toMatchObject([
      { message: 'It depends on itself: chart/ns → chart/map → chart/ns.' },
    ]);
  });
});

describe('the number of edges', () => {
  /** Namespaces with a workload, a role and a connection each; and two objects of another chart that wait for all of it. */
  function edgesOf(size: number): number {
    const { app, chart } = appWithChart();
    const later = new Chart(app, 'later');
    later.addDependency(chart);
    for (const name of ['a', 'b']) {
      new ApiObject(later, name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
    }
    for (let index = 0; index < size; index++) {
      const namespace = new HardenedNamespace(chart, `ns-${index}`);
      const port = Port.tcp(80);
      const api = new HardenedDeployment(chart, `api-${index}`, { namespace, image: IMAGE, port });
      api.connectTo(api, port);
      new ScopedRole(chart, `role-${index}`, {
        namespace,
        rules: [allow(table.pods, ['get'])],
        subjects: [{ serviceAccount: `api-${index}`, namespace: `ns-${index}` }],
      });
    }
    return renderApp(app).objects.reduce((sum, { dependsOn }) => sum + dependsOn.length, 0);
  }

  it('grows as the objects do', () => {
    const [one, two, four] = [edgesOf(5), edgesOf(10), edgesOf(20)] as const;
    expect(one).toBeGreaterThan(5);
    expect(two).toBe(2 * one);
    expect(four).toBe(4 * one);
  });
});
