import * as fc from 'fast-check';
import { auditPolicy, AUDIT_RULES, type AuditLevel, type AuditRule } from '../../../constructs/control-plane';

interface Request {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly verb?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly path?: string;
}

/** How the API server reads a policy: the first rule that matches decides. */
function levelOf(request: Request): AuditLevel {
  return AUDIT_RULES.find((rule) => matches(rule, request))?.level ?? 'None';
}

function matches(rule: AuditRule, request: Request): boolean {
  const { user = 'jane', groups = [], verb = 'get', group = '', resource, path } = request;
  if (rule.users !== undefined && !rule.users.includes(user)) return false;
  if (rule.userGroups !== undefined && !rule.userGroups.some((name) => groups.includes(name))) return false;
  if (rule.verbs !== undefined && !rule.verbs.includes(verb)) return false;
  if (rule.resources !== undefined) {
    return rule.resources.some(
      (entry) =>
        resource !== undefined && entry.group === group && (entry.resources?.includes(resource) ?? true),
    );
  }
  if (rule.nonResourceURLs !== undefined) {
    return rule.nonResourceURLs.some((url) => path?.startsWith(url.replace('*', '')) ?? false);
  }
  return true;
}

test.each<[string, Request, AuditLevel]>([
  ['a Secret that is read', { resource: 'secrets' }, 'Metadata'],
  ['a Secret that is written', { resource: 'secrets', verb: 'create' }, 'Metadata'],
  ['a ConfigMap that is written', { resource: 'configmaps', verb: 'update' }, 'Metadata'],
  ['a token that is issued', { resource: 'serviceaccounts/token', verb: 'create' }, 'Metadata'],
  ['a token under review', { group: 'authentication.k8s.io', resource: 'tokenreviews' }, 'Metadata'],
  ['exec', { resource: 'pods/exec', verb: 'create' }, 'RequestResponse'],
  ['exec over WebSocket', { resource: 'pods/exec', verb: 'get' }, 'RequestResponse'],
  ['attach', { resource: 'pods/attach', verb: 'create' }, 'RequestResponse'],
  ['port-forward', { resource: 'pods/portforward', verb: 'create' }, 'RequestResponse'],
  ['a debug container', { resource: 'pods/ephemeralcontainers', verb: 'patch' }, 'Request'],
  ['the kubelet through the API', { resource: 'nodes/proxy' }, 'RequestResponse'],
  [
    'a role that changes',
    { group: 'rbac.authorization.k8s.io', resource: 'clusterroles', verb: 'patch' },
    'RequestResponse',
  ],
  [
    'a binding that goes',
    { group: 'rbac.authorization.k8s.io', resource: 'rolebindings', verb: 'delete' },
    'RequestResponse',
  ],
  [
    'an admission policy that changes',
    { group: 'admissionregistration.k8s.io', resource: 'validatingadmissionpolicies', verb: 'update' },
    'RequestResponse',
  ],
  ['labels of a namespace', { resource: 'namespaces', verb: 'patch' }, 'RequestResponse'],
  ['a role that is read', { group: 'rbac.authorization.k8s.io', resource: 'roles' }, 'Metadata'],
  ['a pod that is created', { resource: 'pods', verb: 'create' }, 'Metadata'],
  ['a custom resource', { group: 'example.com', resource: 'widgets', verb: 'create' }, 'Metadata'],
  ['a health check', { path: '/readyz' }, 'None'],
  ['part of a health check', { path: '/livez/etcd' }, 'None'],
  ['another path', { path: '/metrics' }, 'Metadata'],
  ['a read of the scheduler', { user: 'system:kube-scheduler', resource: 'pods', verb: 'watch' }, 'None'],
  [
    'a Secret read by the controller manager',
    { user: 'system:kube-controller-manager', resource: 'secrets', verb: 'list' },
    'Metadata',
  ],
  [
    'a change by the scheduler',
    { user: 'system:kube-scheduler', resource: 'pods/binding', verb: 'create' },
    'Metadata',
  ],
  ['a watch of a node', { groups: ['system:nodes'], resource: 'pods', verb: 'watch' }, 'None'],
  ['a Secret read by a node', { groups: ['system:nodes'], resource: 'secrets', verb: 'get' }, 'Metadata'],
])('%s', (_, request, level) => {
  expect(levelOf(request)).toBe(level);
});

test('whoever asks and whatever for: what carries secrets is logged, and never with its body', () => {
  const users = AUDIT_RULES.flatMap((rule) => rule.users ?? []);
  const groups = AUDIT_RULES.flatMap((rule) => rule.userGroups ?? []);
  fc.assert(
    fc.property(
      fc.constantFrom('secrets', 'configmaps', 'serviceaccounts/token'),
      fc.constantFrom('jane', ...users),
      fc.subarray(groups),
      fc.constantFrom('get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'),
      (resource, user, userGroups, verb) =>
        levelOf({ resource, user, groups: userGroups, verb }) === 'Metadata',
    ),
  );
});

test('every request that matches no other rule is still logged', () => {
  expect(AUDIT_RULES.at(-1)).toEqual({ level: 'Metadata' });
  expect(auditPolicy()).toMatchObject({
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: AUDIT_RULES,
  });
});
