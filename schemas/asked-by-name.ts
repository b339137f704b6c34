import type { Discovered } from './api-source';

/** A resource, or verbs of one, that no discovery tells of: parts of Kubernetes ask the authorizer for them by name. */
function named(
  group: string,
  name: string,
  namespaced: boolean,
  verbs: readonly string[],
  kind = name,
): Discovered {
  return { group, name, kind, namespaced, verbs };
}

/** What the kubelet asks for where a path of its own API is requested. */
const KUBELET = ['checkpoint', 'configz', 'healthz', 'log', 'metrics', 'pods', 'stats', 'statusz'];

/** Impersonation of somebody for what may be done as them. */
const CONSTRAINED = 'impersonate:user-info';

/**
 * Read from the sources of Kubernetes 1.37: RBAC itself (`bind`, `escalate`), impersonation, the admission plugins for certificates
 * and trust bundles (`approve`, `sign`, `attest`), the kubelet, endpoints, and what binds a resource claim. Verbs whose names hold an
 * audience, a driver or another verb (`impersonate-on:…`, `request-serviceaccounts-token-audience`) are not in it.
 */
export const ASKED_BY_NAME: readonly Discovered[] = [
  named('rbac.authorization.k8s.io', 'roles', true, ['bind', 'escalate']),
  named('rbac.authorization.k8s.io', 'clusterroles', false, ['bind', 'escalate']),
  named('', 'users', false, ['impersonate'], 'Users'),
  named('', 'groups', false, ['impersonate'], 'Groups'),
  named('', 'serviceaccounts', true, ['impersonate']),
  named('authentication.k8s.io', 'uids', false, ['impersonate', CONSTRAINED]),
  named('authentication.k8s.io', 'userextras', false, ['impersonate', CONSTRAINED], 'UserExtras'),
  named('authentication.k8s.io', 'users', false, [CONSTRAINED]),
  named('authentication.k8s.io', 'groups', false, [CONSTRAINED]),
  named('authentication.k8s.io', 'serviceaccounts', true, ['impersonate:serviceaccount'], 'ServiceAccounts'),
  named('authentication.k8s.io', 'nodes', false, [
    'impersonate:arbitrary-node',
    'impersonate:associated-node',
  ]),
  named('authentication.k8s.io', 'admissionReviewAPIGroups', false, ['attest']),
  named('certificates.k8s.io', 'signers', false, ['approve', 'sign', 'attest']),
  named('certificates.k8s.io', 'certificatesigningrequests/nodeclient', false, ['create']),
  named('certificates.k8s.io', 'certificatesigningrequests/selfnodeclient', false, ['create']),
  named('', 'endpoints/restricted', true, ['create']),
  named('discovery.k8s.io', 'endpointslices/restricted', true, ['create']),
  named('resource.k8s.io', 'resourceclaims/binding', true, ['patch', 'update']),
  ...KUBELET.map((part) => named('', `nodes/${part}`, false, ['create', 'get'])),
];
