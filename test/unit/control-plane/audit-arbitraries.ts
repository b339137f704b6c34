import * as fc from 'fast-check';
import {
  AUDIT_GUARANTEES,
  AUDIT_LEVELS,
  BREAK_GLASS_GROUP,
  type AuditRequest,
  type AuditRule,
} from '../../../constructs/control-plane';

const USERS = ['jane', 'system:kube-scheduler', 'system:apiserver'];
const GROUPS = ['system:nodes', 'system:masters', BREAK_GLASS_GROUP];
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const API_GROUPS = ['', 'rbac.authorization.k8s.io', 'authentication.k8s.io', 'apps'];
const RESOURCES = ['secrets', 'configmaps', 'serviceaccounts', 'pods', 'roles', 'tokenreviews', 'namespaces'];
const SUBRESOURCES = ['token', 'exec', 'status', 'scale'];
const NAMESPACES = ['', 'shop', 'kube-system'];
const NAMES = ['', 'one', 'two'];
const PATHS = ['/healthz', '/livez/etcd', '/metrics', '/api'];

const some = <T>(from: readonly T[]) => fc.option(fc.subarray([...from]), { nil: undefined });
const patterns = fc.oneof(
  fc.constantFrom(...RESOURCES, '*'),
  fc
    .tuple(fc.constantFrom(...RESOURCES, '*'), fc.constantFrom(...SUBRESOURCES, '*'))
    .map(([a, b]) => `${a}/${b}`),
);

/** A rule as one might write it: for resources, for paths or for everything. Empty lists are among them. */
export function auditRule(): fc.Arbitrary<AuditRule> {
  const base = {
    level: fc.constantFrom(...AUDIT_LEVELS),
    users: some(USERS),
    userGroups: some(GROUPS),
    verbs: some(VERBS),
  };
  const resources = fc.array(
    fc.record(
      {
        group: fc.constantFrom(...API_GROUPS, '*'),
        resources: fc.array(patterns, { minLength: 1, maxLength: 3 }),
        resourceNames: fc.subarray(NAMES.slice(1)),
      },
      { requiredKeys: ['group', 'resources'] },
    ),
    { maxLength: 3 },
  );
  return fc.oneof(
    fc.record({ ...base, resources, namespaces: some(NAMESPACES) }, { requiredKeys: ['level'] }),
    fc.record(
      { ...base, nonResourceURLs: some([...PATHS, '/*', '/livez*', '*']) },
      { requiredKeys: ['level'] },
    ),
  );
}

const who = { user: fc.constantFrom(...USERS), groups: fc.subarray(GROUPS), verb: fc.constantFrom(...VERBS) };

/** Any request, for a resource or for a path. */
export function auditRequests(): fc.Arbitrary<AuditRequest> {
  const resource = fc.record({
    group: fc.constantFrom(...API_GROUPS),
    name: fc.constantFrom(...RESOURCES),
    subresource: fc.constantFrom('', ...SUBRESOURCES),
    objectName: fc.constantFrom(...NAMES),
    namespace: fc.constantFrom(...NAMESPACES),
  });
  return fc.oneof(
    fc.record({ ...who, path: fc.constant('/api'), resource }),
    fc.record({ ...who, path: fc.constantFrom(...PATHS) }),
  );
}

/** For each guarantee, a request that it is about, with its place in the list of them. */
export function sensitiveRequests(): fc.Arbitrary<readonly (readonly [number, AuditRequest])[]> {
  const each = AUDIT_GUARANTEES.map(
    ({ group, resources = ['anything', 'any/thing'], verbs = VERBS }, index) =>
      fc
        .record({
          ...who,
          verb: fc.constantFrom(...verbs),
          whole: fc.constantFrom(...resources),
          objectName: fc.constantFrom(...NAMES),
          namespace: fc.constantFrom(...NAMESPACES),
        })
        .map(({ whole, objectName, namespace, ...rest }) => {
          const [name = '', subresource = ''] = whole.split('/');
          return [
            index,
            { ...rest, path: '/api', resource: { group, name, subresource, objectName, namespace } },
          ] as const;
        }),
  );
  return fc.tuple(...each);
}
