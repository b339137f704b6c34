import { HardenedNamespace, ScopedRole, type RoleRule, type RoleSubject } from '../../../../constructs';
import { appWithNamespace, manifestOf, rendered } from '../../support/charts';
import { places, problemsOf } from '../../support/problems';

const RULE: RoleRule = { resources: ['pods'], verbs: ['get'] };
const PEOPLE: RoleSubject = { group: 'developers' };

function role(rules: readonly RoleRule[], subjects: readonly RoleSubject[] = [PEOPLE]) {
  const { app, chart, namespace } = appWithNamespace();
  new ScopedRole(chart, 'viewer', { namespace, rules, subjects });
  return app;
}

describe('a ScopedRole', () => {
  it('allows what it names, in its namespace, to whom it names', () => {
    const app = role(
      [{ apiGroup: 'apps', resources: ['deployments'], verbs: ['get', 'list'], names: ['api'] }, RULE],
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
});

describe('what a ScopedRole refuses', () => {
  it.each<[string, RoleRule, string]>([
    ['all API groups', { ...RULE, apiGroup: '*' }, 'apiGroup'],
    ['all resources', { ...RULE, resources: ['*'] }, 'resources'],
    ['all subresources', { ...RULE, resources: ['pods', 'pods/*'] }, 'resources'],
    ['all verbs', { ...RULE, verbs: ['*'] }, 'verbs'],
    ['all names', { ...RULE, names: ['*'] }, 'names'],
    ['no resource', { ...RULE, resources: [] }, 'resources'],
    ['no verb', { ...RULE, verbs: [] }, 'verbs'],
    ['escalate', { ...RULE, verbs: ['get', 'escalate'] }, 'verbs'],
    ['bind', { ...RULE, verbs: ['bind'] }, 'verbs'],
    ['impersonate', { ...RULE, verbs: ['impersonate'] }, 'verbs'],
  ])('%s', (_what, rule, property) => {
    expect(places(problemsOf(() => role([RULE, rule])))).toEqual([
      `chart/viewer.rules[1].${property} [construct/invalid]`,
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

  it('a role without rules or subjects', () => {
    expect(places(problemsOf(() => role([], [])))).toEqual([
      'chart/viewer.rules [construct/invalid]',
      'chart/viewer.subjects [construct/invalid]',
    ]);
  });

  it('tells all problems at once', () => {
    const rule = { apiGroup: '*', resources: ['*'], verbs: ['*', 'bind'], names: ['*'] };
    expect(places(problemsOf(() => role([rule, rule], [{ group: 'system:masters' }])))).toHaveLength(11);
  });

  it('leaves nothing behind in the tree', () => {
    const { chart, namespace } = appWithNamespace();
    const wide = () =>
      new ScopedRole(chart, 'viewer', { namespace, rules: [{ ...RULE, verbs: ['*'] }], subjects: [PEOPLE] });
    expect(wide).toThrow('wildcard');
    expect(chart.node.findAll().filter(({ node }) => node.id === 'Role')).toEqual([]);
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
