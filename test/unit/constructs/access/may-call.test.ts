import { api, HardenedDeployment, HardenedNamespace, renderApp } from '../../../../constructs';
import { enforceAtSynth } from '../../../../policies';
import { appWithChart, IMAGE, manifestOf, NETWORK, podOf } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

const NOW = new Date('2026-11-25T12:00:00Z');

function deployed() {
  const { app, chart } = appWithChart(undefined, NETWORK);
  const namespace = new HardenedNamespace(chart, 'shop');
  new HardenedNamespace(chart, 'settings');
  return { app, web: new HardenedDeployment(chart, 'web', { namespace, image: IMAGE }) };
}

const kindsOf = (app: ReturnType<typeof deployed>['app'], pattern: RegExp) =>
  renderApp(app)
    .objects.map(({ manifest: { kind, metadata } }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`)
    .filter((name) => pattern.test(name));

describe('mayCall', () => {
  it('grants in the namespace of the workload, by name, in one role however often it is said', () => {
    const { app, web } = deployed();
    web.mayCall(api.configMaps, ['get'], { names: ['settings'] });
    web.mayCall(api.pods, ['list']);
    expect(kindsOf(app, /^(Cluster)?Role/)).toEqual(['Role shop/web', 'RoleBinding shop/web']);
    expect(manifestOf(app, 'Role', 'web').rules).toEqual([
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: ['settings'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    ]);
    expect(manifestOf(app, 'RoleBinding', 'web')).toMatchObject({
      subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }],
    });
  });

  it('grants in another namespace, and what is in none', () => {
    const { app, web } = deployed();
    web.mayCall(api.configMaps, ['get'], { namespace: 'settings', names: ['web'] });
    web.mayCall(api.nodes, ['get']);
    expect(kindsOf(app, /^(Cluster)?Role/).sort()).toEqual([
      'ClusterRole /shop:web',
      'ClusterRoleBinding /shop:web',
      'Role settings/shop:web',
      'RoleBinding settings/shop:web',
    ]);
    const subjects = [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }];
    for (const kind of ['RoleBinding', 'ClusterRoleBinding'])
      expect(manifestOf(app, kind, 'shop:web')).toMatchObject({ subjects });
    expect(() => enforceAtSynth(renderApp(app), { now: NOW })).not.toThrow();
  });

  it('makes no role as those of Kubernetes, whatever the namespace is called', () => {
    const { chart } = appWithChart(undefined, NETWORK);
    const namespace = new HardenedNamespace(chart, 'system');
    const controllers = new HardenedDeployment(chart, 'kube-controller-manager', { namespace, image: IMAGE });
    expect(() => controllers.mayCall(api.nodes, ['get'])).toThrow('is the name of a role of Kubernetes');
  });

  it('brings the token and the way to the API server, which are not there before', () => {
    const { app, web } = deployed();
    const tokens = () => (podOf(app, 'web').volumes ?? []).filter(({ name }) => name === 'api-token');
    expect([tokens().length, kindsOf(app, /to-api-server/).length]).toEqual([0, 0]);
    web.mayCall(api.configMaps, ['get']);
    expect([tokens().length, kindsOf(app, /to-api-server/).length]).toEqual([1, 1]);
  });

  it('refuses what a role refuses, and then changes nothing', () => {
    const { app, web } = deployed();
    const wrong = [
      () => web.mayCall(api.configMaps, ['*' as never]),
      () => web.mayCall(api['rbac.authorization.k8s.io'].roles, ['bind']),
      () => web.mayCall(api.configMaps, ['create'], { names: ['a'] }),
      () => web.mayCall(undefined as never, []),
      () => web.mayCall(api.configMaps, ['get'], { namespace: '*' }),
    ];
    for (const call of wrong) expect(problemsOf(call)).not.toEqual([]);
    expect(kindsOf(app, /^(Cluster)?Role|to-api-server/)).toEqual([]);
    web.mayCall(api.configMaps, ['get']);
    for (const call of wrong) expect(problemsOf(call)).not.toEqual([]);
    expect(manifestOf(app, 'Role', 'web').rules).toEqual([
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
    ]);
  });

  it('tells of the workload what is wrong, and of no role, which nobody wrote', () => {
    const { web } = deployed();
    const { roles } = api['rbac.authorization.k8s.io'];
    const wrong = () => web.mayCall(roles, ['bind', 'get', 'x' as never]);
    const found = [
      'chart/web.mayCall.verbs [construct/invalid]',
      'chart/web.mayCall.verbs [construct/invalid]',
    ];
    expect(places(problemsOf(wrong))).toEqual(found);
    web.mayCall(roles, ['get']);
    expect(places(problemsOf(wrong))).toEqual(found);
    expect(places(problemsOf(() => web.mayCall(api.nodes, [])))).toEqual([
      'chart/web.mayCall.verbs [construct/invalid]',
    ]);
    expect(places(problemsOf(() => web.mayCall(roles, ['get'], { namespace: 'a/b' })))).toEqual([
      'chart/web.mayCall.namespace [construct/invalid]',
    ]);
  });

  it('does not compile with what the API does not have', () => {
    const { web } = deployed();
    // @ts-expect-error Logs are only read.
    expect(problemsOf(() => web.mayCall(api.pods.log, ['create']))).toHaveLength(1);
    // @ts-expect-error There is no such resource.
    expect(problemsOf(() => web.mayCall(api.configMapz, ['get']))).not.toEqual([]);
  });
});
