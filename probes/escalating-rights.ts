import type { AccessAction } from './client/access';

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';
const WRITE = ['create', 'update', 'patch'];

function rights(
  group: string,
  resource: string,
  verbs: readonly string[],
  name?: string,
): readonly AccessAction[] {
  return verbs.map((verb) => ({ verb, group, resource, ...(name === undefined ? {} : { name }) }));
}

/**
 * Rights by each of which its holder gets more than was given, wherever it is held. What workloads can run as is not among them: who
 * makes workloads in a namespace has the rights of its accounts. Source: Kubernetes, RBAC good practices; CIS 5.1.2 to 5.1.13.
 */
export const ESCALATING_RIGHTS: readonly AccessAction[] = [
  ...['roles', 'clusterroles'].flatMap((resource) => rights(RBAC, resource, ['bind', 'escalate'])),
  ...['users', 'groups', 'serviceaccounts'].flatMap((resource) => rights('', resource, ['impersonate'])),
  ...['uids', 'userextras/scopes'].flatMap((resource) => rights(AUTHENTICATION, resource, ['impersonate'])),
  ...['users', 'groups'].flatMap((resource) => rights(AUTHENTICATION, resource, ['impersonate:user-info'])),
  ...rights(AUTHENTICATION, 'serviceaccounts', ['impersonate:serviceaccount']),
  ...rights(AUTHENTICATION, 'nodes', ['impersonate:arbitrary-node', 'impersonate:associated-node']),
  ...rights('', 'serviceaccounts/token', ['create']),
  ...rights('', 'secrets', ['get', 'list', 'watch', ...WRITE]),
  ...['approve', 'sign', 'attest'].flatMap((verb) =>
    ['kube-apiserver-client', 'kube-apiserver-client-kubelet'].flatMap((signer) =>
      rights(CERTIFICATES, 'signers', [verb], `kubernetes.io/${signer}`),
    ),
  ),
  ...rights(CERTIFICATES, 'certificatesigningrequests/approval', ['update', 'patch']),
  ...rights(CERTIFICATES, 'certificatesigningrequests/nodeclient', ['create']),
  ...[
    'mutatingwebhookconfigurations',
    'validatingwebhookconfigurations',
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
  ].flatMap((resource) => rights(ADMISSION, resource, [...WRITE, 'delete', 'deletecollection'])),
  ...rights('apiregistration.k8s.io', 'apiservices', WRITE),
  ...rights('', 'namespaces', ['update', 'patch']),
  ...rights('', 'persistentvolumes', WRITE),
  ...rights('', 'nodes/proxy', ['get', ...WRITE]),
  ...rights('', 'pods/exec', ['create']),
  ...rights('', 'pods/attach', ['create']),
  ...rights('', 'pods/ephemeralcontainers', ['update', 'patch']),
  ...rights('*', '*', ['*']),
];
