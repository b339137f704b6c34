import fc from 'fast-check';
import { Authorizer, type AccessQuestion, type Requester } from '../../../authorization';
import type { Manifest } from '../../../constructs';
import { granted, objects, rule } from './support';

const RBAC = 'rbac.authorization.k8s.io';
const JANE: Requester = { user: 'jane', groups: ['system:authenticated'] };

function authorizerOf(...manifests: readonly (Manifest | readonly Manifest[])[]): Authorizer {
  const given = objects(...manifests);
  return Authorizer.of(given);
}

function clusterRole(name: string, rules: readonly string[], more: object = {}): Manifest {
  return {
    ...{ apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name } },
    rules: rules.map(rule),
    ...more,
  } as Manifest;
}

function binding(roleRef: object, subjects: readonly object[], namespace?: string): Manifest {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: 'b', ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: RBAC, ...roleRef },
    subjects,
  };
}

const USER = { apiGroup: RBAC, kind: 'User', name: 'jane' };

/** `get pods/log a in shop` or `get /metrics`. */
function ask(text: string): AccessQuestion {
  const [words = '', namespace] = text.split(' in ');
  const [verb = '', what = '', name] = words.split(' ');
  if (what.startsWith('/')) return { verb, path: what };
  const [full = '', subresource] = what.split('/');
  const [resource = '', ...group] = full.split('.');
  return {
    ...{ verb, resource, group: group.join('.') },
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

describe('one rule', () => {
  it.each([
    ['get pods', 'get pods in shop', true],
    ['get pods', 'list pods in shop', false],
    ['get pods', 'get pods.metrics.k8s.io in shop', false],
    ['get pods', 'get pods/log in shop', false],
    ['* pods', 'paint pods in shop', true],
    ['get *', 'get pods/log in shop', true],
    ['get pods/*', 'get pods/log in shop', false],
    ['update */scale', 'update deployments/scale in shop', true],
    ['update */scale', 'update scale in shop', false],
    ['update */scale', 'update deployments in shop', false],
    ['get secrets a', 'get secrets a in shop', true],
    ['get secrets a', 'get secrets b in shop', false],
    ['get secrets a', 'get secrets in shop', false],
    ['get secrets *', 'get secrets a in shop', false],
    ['get /metrics', 'get /metrics', true],
    ['get /metrics', 'get /metrics/a', false],
    ['get /metrics/*', 'get /metrics/a', true],
    ['get /metrics/*', 'get /metrics', false],
    ['get /met*', 'get /metrics', true],
    ['get /*', 'get /anything', true],
    ['get /*', 'get pods in shop', false],
    ['get *', 'get /metrics', false],
  ])('%s: %s is %s', (allowed, asked, answer) => {
    expect(authorizerOf(granted('user jane', [allowed])).allows(JANE, ask(asked))).toBe(answer);
  });

  it('of all API groups allows each', () => {
    const rules = [{ verbs: ['get'], apiGroups: ['*'], resources: ['deployments'] }];
    const authorizer = authorizerOf(
      { ...clusterRole('r', []), rules } as Manifest,
      binding({ kind: 'ClusterRole', name: 'r' }, [USER]),
    );
    expect(authorizer.allows(JANE, ask('get deployments.apps in shop'))).toBe(true);
  });
});

describe('one binding', () => {
  it('of a namespace counts there alone, and for no path', () => {
    const authorizer = authorizerOf(granted('user jane', ['get pods', 'get /metrics'], 'shop'));
    expect(
      ['get pods in shop', 'get pods in bank', 'get pods', 'get /metrics'].map((asked) =>
        authorizer.allows(JANE, ask(asked)),
      ),
    ).toEqual([true, false, false, false]);
  });

  it('of a role that is not there, or of another kind or namespace, gives nothing', () => {
    const role = {
      ...clusterRole('r', ['get pods']),
      kind: 'Role',
      metadata: { name: 'r', namespace: 'shop' },
    };
    const answers = [
      binding({ kind: 'Role', name: 'r' }, [USER], 'shop'),
      binding({ kind: 'Role', name: 'gone' }, [USER], 'shop'),
      binding({ kind: 'Role', name: 'r' }, [USER], 'bank'),
      binding({ kind: 'ClusterRole', name: 'r' }, [USER], 'shop'),
      binding({ kind: 'Role', name: 'r' }, [USER]),
    ].map((one) =>
      ['shop', 'bank'].some((namespace) =>
        authorizerOf(role, one).allows(JANE, ask(`get pods in ${namespace}`)),
      ),
    );
    expect(answers).toEqual([true, false, false, false, false]);
  });

  it.each([
    [
      'a service account by its user',
      { kind: 'ServiceAccount', name: 'web', namespace: 'shop' },
      'shop',
      true,
    ],
    ['one of the namespace of the binding', { kind: 'ServiceAccount', name: 'web' }, 'shop', true],
    ['one of another namespace', { kind: 'ServiceAccount', name: 'web', namespace: 'bank' }, 'shop', false],
    ['one without a namespace, in the cluster', { kind: 'ServiceAccount', name: 'web' }, undefined, false],
    ['its user by name', { kind: 'User', name: 'system:serviceaccount:shop:web' }, undefined, true],
    [
      'the accounts of its namespace',
      { kind: 'Group', name: 'system:serviceaccounts:shop' },
      undefined,
      true,
    ],
    ['the accounts of another', { kind: 'Group', name: 'system:serviceaccounts:bank' }, undefined, false],
    ['a kind that there is not', { kind: 'Robot', name: 'system:serviceaccount:shop:web' }, undefined, false],
    [
      'a group named as the user',
      { kind: 'Group', name: 'system:serviceaccount:shop:web' },
      undefined,
      false,
    ],
  ])('%s', (_, subject, namespace, answer) => {
    const authorizer = authorizerOf(
      clusterRole('r', ['get pods']),
      binding({ kind: 'ClusterRole', name: 'r' }, [subject], namespace),
    );
    const web = {
      user: 'system:serviceaccount:shop:web',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
    };
    expect(authorizer.allows(web, ask('get pods in shop'))).toBe(answer);
  });

  it('system:masters needs none', () => {
    expect(authorizerOf().allows({ user: 'x', groups: ['system:masters'] }, ask('delete nodes'))).toBe(true);
    expect(authorizerOf().allows({ user: 'system:masters', groups: [] }, ask('delete nodes'))).toBe(false);
  });
});

describe('aggregation', () => {
  const taking = (name: string, selectors: readonly object[], labels: object = {}): Manifest =>
    clusterRole(name, ['delete pods'], {
      metadata: { name, labels },
      aggregationRule: { clusterRoleSelectors: selectors },
    });
  const bound = (name: string) => binding({ kind: 'ClusterRole', name }, [USER]);

  it('takes the rules of others in place of its own, over others too', () => {
    const authorizer = authorizerOf(
      clusterRole('leaf', ['get pods'], { metadata: { name: 'leaf', labels: { to: 'middle' } } }),
      taking('middle', [{ matchLabels: { to: 'middle' } }], { to: 'top' }),
      taking('top', [{ matchLabels: { to: 'top' } }]),
      bound('top'),
    );
    expect(
      ['get pods in shop', 'delete pods in shop'].map((one) => authorizer.allows(JANE, ask(one))),
    ).toEqual([true, false]);
  });

  it('of roles that all take from each other ends', () => {
    const all = Array.from({ length: 200 }, (_, index) => taking(`r-${index}`, [{}]));
    const authorizer = authorizerOf(...all, clusterRole('leaf', ['get pods']), bound('r-0'));
    expect(authorizer.allows(JANE, ask('get pods in shop'))).toBe(true);
    expect(authorizer.allows(JANE, ask('delete pods in shop'))).toBe(false);
  });
});

const few = (...values: readonly string[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 3 });
const RULE = fc.record({
  verbs: few('get', 'list', '*'),
  apiGroups: few('', 'apps', '*'),
  resources: few('pods', 'secrets', 'pods/log', '*/log', '*'),
  resourceNames: fc.oneof(fc.constant<string[]>([]), few('a', 'b')),
  nonResourceURLs: few('/a', '/a/*', '/b'),
});
const PLACE = fc.constantFrom(undefined, 'shop', 'bank');
const GRANT = fc.record({
  rules: fc.array(RULE, { maxLength: 3 }),
  place: PLACE,
  subjects: fc.array(
    fc.record({ kind: fc.constantFrom('User', 'Group'), name: fc.constantFrom('jane', 'staff', 'both') }),
    { maxLength: 3 },
  ),
});
const QUESTION = fc.oneof(
  fc.record({
    verb: fc.constantFrom('get', 'list', 'create'),
    group: fc.constantFrom('', 'apps'),
    resource: fc.constantFrom('pods', 'secrets'),
    subresource: fc.constantFrom('', 'log'),
    namespace: fc.constantFrom('', 'shop', 'bank'),
    name: fc.constantFrom('', 'a', 'b'),
  }),
  fc.record({ verb: fc.constantFrom('get', 'list'), path: fc.constantFrom('/a', '/a/b', '/b', '/c') }),
);
const ASKING = fc.record({ user: fc.constantFrom('jane', 'both'), groups: few('staff', 'both') });

type Made = typeof GRANT extends fc.Arbitrary<infer T> ? T : never;

/** The same decision without any index: every binding, every subject, every rule, said in other words. */
function slowly(grants: readonly Made[], { user, groups }: Requester, asked: AccessQuestion): boolean {
  const any = (list: readonly string[], value: string) => list.some((one) => one === '*' || one === value);
  for (const { rules, place, subjects } of grants) {
    if (!subjects.some(({ kind, name }) => (kind === 'User' ? name === user : groups.includes(name))))
      continue;
    for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of rules) {
      if (!any(verbs, asked.verb)) continue;
      if ('path' in asked) {
        const isAllowed = nonResourceURLs.some((one) =>
          new RegExp(`^${one.replace('*', '.*')}$`).test(asked.path),
        );
        if (place === undefined && isAllowed) return true;
        continue;
      }
      const { group, resource, subresource = '', namespace, name = '' } = asked;
      const names = subresource === '' ? [resource] : [`${resource}/${subresource}`, `*/${subresource}`];
      if (place !== undefined && place !== namespace) continue;
      if (!any(apiGroups, group) || !['*', ...names].some((one) => resources.includes(one))) continue;
      if (resourceNames.length === 0 || resourceNames.includes(name)) return true;
    }
  }
  return false;
}

function written(grants: readonly Made[]): readonly Manifest[] {
  return grants.flatMap(({ rules, place, subjects }, index) => {
    const prefix = place === undefined ? 'Cluster' : '';
    const metadata = { name: `r-${index}`, ...(place === undefined ? {} : { namespace: place }) };
    const roleRef = { apiGroup: RBAC, kind: `${prefix}Role`, name: metadata.name };
    return [
      { apiVersion: `${RBAC}/v1`, kind: `${prefix}Role`, metadata, rules },
      { apiVersion: `${RBAC}/v1`, kind: `${prefix}RoleBinding`, metadata, roleRef, subjects },
    ];
  });
}

describe('any roles and bindings', () => {
  it('are answered as by looking at every rule of every binding', () => {
    let allowed = 0;
    fc.assert(
      fc.property(
        fc.array(GRANT, { maxLength: 6 }),
        fc.array(fc.tuple(ASKING, QUESTION), { minLength: 10, maxLength: 10 }),
        (grants, asked) => {
          const authorizer = authorizerOf(written(grants));
          for (const [who, question] of asked) {
            const answer = slowly(grants, who, question);
            allowed += Number(answer);
            expect(authorizer.allows(who, question)).toBe(answer);
          }
        },
      ),
    );
    // It shows nothing where nobody may do anything.
    expect(allowed).toBeGreaterThan(10);
  });

  it('give no less where more is granted', () => {
    fc.assert(
      fc.property(
        fc.array(GRANT, { maxLength: 5 }),
        GRANT,
        ASKING,
        QUESTION,
        (grants, more, who, question) => {
          const before = authorizerOf(written(grants)).allows(who, question);
          expect(!before || authorizerOf(written([...grants, more])).allows(who, question)).toBe(true);
        },
      ),
    );
  });
});
