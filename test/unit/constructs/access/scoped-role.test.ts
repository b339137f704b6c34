import {
  AccessRule,
  allow,
  allowPaths,
  api,
  ClusterWideRole,
  customResource,
  HardenedNamespace,
  Posture,
  renderApp,
  ScopedRole,
  type ApiResource,
  type RoleSubject,
  type RoleWaiver,
} from '../../../../constructs';
import { enforceAtSynth } from '../../../../policies';
import { appWithChart, appWithNamespace, manifestOf, rendered } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

const RULE = allow(api.pods, ['get']);
const PEOPLE: RoleSubject = { group: 'developers' };
const GRANT = { owner: 'platform team', reason: 'moves roles between teams', expires: '2026-12-31' };
const NOW = new Date('2026-11-25T12:00:00Z');

function role(
  rules: readonly AccessRule[],
  subjects: readonly RoleSubject[] = [PEOPLE],
  waivers?: readonly RoleWaiver[],
) {
  const { app, chart, namespace } = appWithNamespace();
  new ScopedRole(chart, 'viewer', { namespace, rules, subjects, waivers });
  return app;
}

function clusterRole(rules: readonly AccessRule[], waivers?: readonly RoleWaiver[]) {
  const { app, chart } = appWithNamespace();
  new ClusterWideRole(chart, 'viewer', { rules, subjects: [PEOPLE], waivers });
  return app;
}

/** A rule that only JavaScript, or a cast, can make. */
function forged(change: { resource?: Partial<ApiResource>; verbs?: unknown; names?: unknown }): AccessRule {
  const resource = { ...api.pods, ...change.resource } as ApiResource;
  return new AccessRule(resource, [], (change.verbs ?? ['get']) as string[], change.names as string[]);
}

describe('a ScopedRole', () => {
  it('allows what it names, in its namespace, to whom it names', () => {
    const app = role(
      [allow(api.apps.deployments, ['get', 'list'], { names: ['api'] }), RULE],
      [PEOPLE, { serviceAccount: 'ci', namespace: 'build' }],
    );
    expect(manifestOf(app, 'Role', 'viewer')).toMatchObject({
      metadata: { namespace: 'shop' },
      rules: [
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'], resourceNames: ['api'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      ],
    });
    expect(manifestOf(app, 'RoleBinding', 'viewer')).toMatchObject({
      metadata: { namespace: 'shop' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'viewer' },
      subjects: [
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'developers' },
        { kind: 'ServiceAccount', name: 'ci', namespace: 'build' },
      ],
    });
  });

  it('is there before its binding', () => {
    const binding = rendered(role([RULE]), 'RoleBinding', 'viewer');
    expect(binding.dependsOn.map(({ manifest }) => manifest.kind)).toEqual(['Namespace', 'Role']);
  });

  it('limits nothing by name where no name is given', () => {
    const [rule] = manifestOf(role([RULE]), 'Role', 'viewer').rules as readonly object[];
    expect(rule).not.toHaveProperty('resourceNames');
  });

  it('writes what differs in the resource alone as one rule, and each resource once', () => {
    const rules = [
      allow(api.pods, ['get']),
      allow(api.services, ['get']),
      allow(api.pods, ['list']),
      allow(api.pods, ['get']),
      allow(api.configMaps, ['get'], { names: ['a'] }),
      allow(api.configMaps, ['get'], { names: ['b'] }),
    ];
    expect(manifestOf(role(rules), 'Role', 'viewer').rules).toEqual([
      { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: ['a'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: ['get'], resourceNames: ['b'] },
    ]);
  });

  it('takes resources that Kubernetes does not have, with their own verbs', () => {
    const widgets = customResource({ apiGroup: 'example.com', resource: 'widgets', verbs: ['get', 'paint'] });
    const app = role([
      allow(widgets, ['paint']),
      allow(customResource({ apiGroup: 'a.example', resource: 'b' }), ['list']),
    ]);
    expect(manifestOf(app, 'Role', 'viewer').rules).toMatchObject([
      { apiGroups: ['example.com'], resources: ['widgets'], verbs: ['paint'] },
      { apiGroups: ['a.example'], resources: ['b'], verbs: ['list'] },
    ]);
  });

  it('limits the creation of a subresource by name', () => {
    const token = allow(api.serviceAccounts.token, ['create'], { names: ['ci'] });
    expect(manifestOf(role([token]), 'Role', 'viewer').rules).toMatchObject([{ resourceNames: ['ci'] }]);
  });
});

describe('a ClusterWideRole', () => {
  it('allows in all namespaces, what is in none, and paths', () => {
    const app = clusterRole([RULE, allow(api.nodes, ['get']), allowPaths(['/metrics'])]);
    const { metadata, rules } = manifestOf(app, 'ClusterRole', 'viewer');
    expect(metadata).not.toHaveProperty('namespace');
    expect(rules).toEqual([
      { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get'] },
      { nonResourceURLs: ['/metrics'], verbs: ['get'] },
    ]);
    expect(manifestOf(app, 'ClusterRoleBinding', 'viewer')).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: 'viewer' },
      subjects: [{ kind: 'Group', name: 'developers' }],
    });
  });
});

describe('what a role refuses', () => {
  it.each<[string, AccessRule, readonly string[]]>([
    ['all API groups', forged({ resource: { apiGroup: '*' } }), ['resource']],
    ['all resources', forged({ resource: { resource: '*' } }), ['resource']],
    ['no API group', forged({ resource: { apiGroup: undefined } }), ['resource']],
    [
      'what a group of Kubernetes does not have',
      allow(customResource({ apiGroup: '', resource: 'podz' }), ['get']),
      ['resource'],
    ],
    [
      'a group that is none',
      allow(customResource({ apiGroup: 'widgets', resource: 'widgets' }), ['get']),
      ['resource'],
    ],
    [
      'a verb of its own for what Kubernetes has',
      allow(customResource({ apiGroup: '', resource: 'pods', verbs: ['gett'] }), ['gett']),
      ['verbs'],
    ],
    [
      'what is in no namespace, as if it were',
      allow(customResource({ apiGroup: '', resource: 'nodes' }), ['get']),
      ['resource'],
    ],
    ['all subresources', forged({ resource: { resource: 'pods/*' } }), ['resource']],
    ['all verbs', forged({ verbs: ['*'] }), ['verbs']],
    ['what the table does not have', allow(undefined as never, ['get']), ['resource']],
    ['the name of a resource', allow('configmaps' as never, ['get']), ['resource']],
    ['all names', forged({ names: ['*'] }), ['names']],
    ['no verb', forged({ verbs: [] }), ['verbs']],
    ['a verb that the resource does not have', forged({ verbs: ['approve'] }), ['verbs']],
    ['verbs that are no list', forged({ verbs: 'get' }), ['verbs']],
    ['no name', forged({ names: [] }), ['names']],
    ['the empty name', forged({ names: [''] }), ['names']],
    ['creation by name', allow(api.pods, ['create'], { names: ['a'] }), ['names']],
    ['deletion of all by name', allow(api.pods, ['deletecollection'], { names: ['a'] }), ['names']],
    ['what is in no namespace', allow(api.nodes, ['get']), ['resource']],
    ['paths', allowPaths(['/metrics']), ['paths']],
    ['escalate', allow(api['rbac.authorization.k8s.io'].roles, ['get', 'escalate']), ['verbs']],
    ['bind', allow(api['rbac.authorization.k8s.io'].roles, ['bind']), ['verbs']],
    ['impersonate', allow(api.serviceAccounts, ['impersonate']), ['verbs']],
    [
      'constrained impersonation',
      allow(api['authentication.k8s.io'].serviceAccounts, ['impersonate:serviceaccount']),
      ['verbs'],
    ],
  ])('%s', (_what, rule, properties) => {
    expect(places(problemsOf(() => role([RULE, rule])))).toEqual(
      properties.map((property) => `chart/viewer.rules[1].${property} [construct/invalid]`),
    );
  });

  it.each<[string, unknown]>([
    ['a rule as Kubernetes writes it', { apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    ['nothing', undefined],
  ])('%s', (_what, rule) => {
    expect(places(problemsOf(() => role([rule as AccessRule])))).toEqual([
      'chart/viewer.rules[0] [construct/invalid]',
    ]);
  });

  it.each(['metrics', '/*'])('the path %s', (path) => {
    expect(places(problemsOf(() => clusterRole([allowPaths([path])])))).toEqual([
      'chart/viewer.rules[0].paths [construct/invalid]',
    ]);
  });

  it('what the release does not have yet', () => {
    const { chart } = appWithChart();
    Posture.tighten(chart, { kubernetes: '1.36' });
    const namespace = new HardenedNamespace(chart, 'shop');
    const rule = allow(api['certificates.k8s.io'].podCertificateRequests, ['get']);
    const made = () => new ScopedRole(chart, 'viewer', { namespace, rules: [rule], subjects: [PEOPLE] });
    expect(problemsOf(made)).toMatchObject([
      { where: 'chart/viewer.rules[0].resource', message: expect.stringContaining('since Kubernetes 1.37') },
    ]);
  });

  it.each(['system:anonymous', 'system:unauthenticated', 'system:authenticated', 'system:masters'])(
    'the group %s',
    (group) => {
      expect(places(problemsOf(() => role([RULE], [PEOPLE, { group }])))).toEqual([
        'chart/viewer.subjects[1] [construct/invalid]',
      ]);
    },
  );

  it.each<[string, unknown]>([
    ['a group without a name', { group: '' }],
    ['a user', { user: 'ada' }],
    ['a service account without its namespace', { serviceAccount: 'ci' }],
  ])('%s', (_what, subject) => {
    expect(places(problemsOf(() => role([RULE], [PEOPLE, subject as RoleSubject])))).toEqual([
      'chart/viewer.subjects[1] [construct/invalid]',
    ]);
  });

  it.each([undefined, 'shop', {}, { name: '' }, { name: '*' }, { name: 'a/b' }])(
    'the namespace %j, which is never the whole cluster',
    (namespace) => {
      const { chart } = appWithNamespace();
      const made = () =>
        new ScopedRole(chart, 'viewer', { namespace: namespace as never, rules: [RULE], subjects: [PEOPLE] });
      expect(places(problemsOf(made))).toEqual(['chart/viewer.namespace [construct/invalid]']);
    },
  );

  it('a role without rules or subjects', () => {
    expect(places(problemsOf(() => role([], [])))).toEqual([
      'chart/viewer.rules [construct/invalid]',
      'chart/viewer.subjects [construct/invalid]',
    ]);
  });

  it('tells all problems at once', () => {
    const bind = allow(api['rbac.authorization.k8s.io'].roles, ['bind']);
    const node = allow(api.nodes, ['create'], { names: ['a'] });
    expect(places(problemsOf(() => role([bind, node], [{ group: 'system:masters' }])))).toHaveLength(4);
  });

  it('leaves nothing behind in the tree', () => {
    const { chart, namespace } = appWithNamespace();
    const wide = () =>
      new ScopedRole(chart, 'viewer', {
        namespace,
        rules: [forged({ verbs: ['*'] })],
        subjects: [PEOPLE],
      });
    expect(wide).toThrow('wildcard');
    expect(chart.node.findAll().filter(({ node }) => node.id === 'Role')).toEqual([]);
  });

  it('what is added later, too', () => {
    const { app, chart, namespace } = appWithNamespace();
    const viewer = new ScopedRole(chart, 'viewer', { namespace, rules: [RULE], subjects: [PEOPLE] });
    expect(() => viewer.add(allow(api.nodes, ['get']))).toThrow('in no namespace');
    viewer.add(allow(api.services, ['get']));
    expect(manifestOf(app, 'Role', 'viewer').rules).toEqual([
      { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get'] },
    ]);
  });
});

describe('a waiver of a role', () => {
  const bind = allow(api['rbac.authorization.k8s.io'].roles, ['bind']);
  const waiver = { control: 'escalate-and-bind', ...GRANT };

  it('lets it have what takes more rights, and nothing else', () => {
    expect(() => enforceAtSynth(renderApp(role([bind], [PEOPLE], [waiver])), { now: NOW })).not.toThrow();
    const impersonate = allow(api.serviceAccounts, ['impersonate']);
    expect(places(problemsOf(() => role([bind, impersonate], [PEOPLE], [waiver])))).toEqual([
      'chart/viewer.rules[1].verbs [construct/invalid]',
    ]);
  });

  it('ends', () => {
    const late = new Date('2027-01-01T12:00:00Z');
    expect(() => enforceAtSynth(renderApp(role([bind], [PEOPLE], [waiver])), { now: late })).toThrow(
      /It ended with 2026-12-31/,
    );
  });

  it('holds for a role of the whole cluster, too', () => {
    const app = clusterRole([bind], [waiver]);
    expect(() => enforceAtSynth(renderApp(app), { now: NOW })).not.toThrow();
  });

  it('is for nothing where the role does not need it', () => {
    expect(() => enforceAtSynth(renderApp(role([RULE], [PEOPLE], [waiver])), { now: NOW })).toThrow();
  });
});

describe('what does not compile', () => {
  it('a resource, a verb or a subresource that is not there', () => {
    // @ts-expect-error There is no such resource.
    expect(() => allow(api.podz, ['get'])).not.toThrow();
    // @ts-expect-error Logs are only read.
    allow(api.pods.log, ['list']);
    // @ts-expect-error There is no such verb.
    allow(api.pods, ['gett']);
    // @ts-expect-error Nothing in a rule is a wildcard.
    allow(api.pods, ['*']);
    // @ts-expect-error Pods have no scale.
    expect(api.pods.scale).toBeUndefined();
    // @ts-expect-error Signers are approved, not read.
    allow(api['certificates.k8s.io'].signers, ['get']);
    // @ts-expect-error The group is called apps.
    expect(api.app).toBeUndefined();
    // @ts-expect-error Paths are only read.
    allowPaths(['/metrics'], ['post']);
    // @ts-expect-error A rule is not a rule of Kubernetes.
    const rule: AccessRule = { resources: ['pods'], verbs: ['get'] };
    expect(rule).toBeDefined();
    // @ts-expect-error Widgets cannot be baked.
    allow(customResource({ apiGroup: 'a.example', resource: 'widgets', verbs: ['paint'] }), ['bake']);
  });
});

it('two roles of one name may stand in two namespaces', () => {
  const { app, chart, namespace } = appWithNamespace();
  const other = new HardenedNamespace(chart, 'other');
  for (const [id, where] of [
    ['here', namespace],
    ['there', other],
  ] as const) {
    new ScopedRole(chart, id, { namespace: where, rules: [RULE], subjects: [PEOPLE] });
  }
  expect(manifestOf(app, 'Role', 'there').metadata.namespace).toBe('other');
});

describe('the name of a role', () => {
  const named = (name: string, namespace?: string) => () => {
    const { chart } = appWithNamespace();
    const props = { name, rules: [RULE], subjects: [PEOPLE] };
    return namespace === undefined
      ? new ClusterWideRole(chart, 'role', props)
      : new ScopedRole(chart, 'role', { ...props, namespace: { name: namespace } });
  };

  it.each(['system:kube-controller-manager', 'cluster-admin', 'admin', 'edit', 'view'])(
    'is not that of one of Kubernetes, which gets back what it had: %s',
    (name) => {
      expect(places(problemsOf(named(name)))).toEqual(['chart/role.name [construct/invalid]']);
      expect(places(problemsOf(named(name, 'kube-system')))).toEqual(['chart/role.name [construct/invalid]']);
    },
  );

  it('may be as those where none of Kubernetes is', () => {
    for (const name of ['view', 'system:web']) expect(named(name, 'shop')).not.toThrow();
    expect(named('viewer')).not.toThrow();
  });
});

it('what was checked stays so when its list is changed later', () => {
  const verbs: 'get'[] = ['get'];
  const app = clusterRole([allow(api.nodes, verbs)]);
  (verbs as string[]).push('*');
  expect(manifestOf(app, 'ClusterRole', 'viewer')).toMatchObject({ rules: [{ verbs: ['get'] }] });
});
