import {
  Authorizer,
  keyOf,
  RBAC,
  withBuiltIn,
  type AccessObject,
  type Binding,
  type Subject,
} from '../authorization';
import type { Manifest } from '../constructs';
import type { AccessQuestion } from './client/access';

/** The parts of Kubernetes by kind and name: a group that is named as a part, or a user as a group of parts, is somebody else. */
const PARTS =
  /^(User (system:(node:.+|kube-controller-manager|kube-scheduler|kube-proxy)|kube-apiserver-kubelet-client)|Group system:(nodes|monitoring|bootstrappers(:.+)?|serviceaccounts:kube-system))$/;

/** Nodes that join, whatever their group is called behind that. */
const JOINING = 'system:bootstrappers';
const NODES = 'system:nodes';

/** As whom the API server of kubeadm asks kubelets. */
const KUBELET_CLIENT = 'kube-apiserver-kubelet-client';

/** What kubeadm gives to nodes, to those that join, and to the API server. Source: kubeadm, implementation details. */
const OF_KUBEADM: readonly (readonly [subject: string, kind: 'ClusterRole' | 'Role', role: string])[] = [
  [JOINING, 'ClusterRole', 'system:node-bootstrapper'],
  [JOINING, 'ClusterRole', 'system:certificates.k8s.io:certificatesigningrequests:nodeclient'],
  [JOINING, 'ClusterRole', 'kubeadm:get-nodes'],
  [JOINING, 'Role', 'kubeadm:kubelet-config'],
  [JOINING, 'Role', 'kubeadm:nodes-kubeadm-config'],
  [JOINING, 'Role', 'kube-proxy'],
  [NODES, 'ClusterRole', 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient'],
  [NODES, 'Role', 'kubeadm:kubelet-config'],
  [NODES, 'Role', 'kubeadm:nodes-kubeadm-config'],
  [KUBELET_CLIENT, 'ClusterRole', 'system:kubelet-api-admin'],
];

let authorizer: Authorizer | undefined;

/** What Kubernetes and kubeadm bind themselves. Most commands never need it. */
function own(): Authorizer {
  authorizer ??= Authorizer.of(withBuiltIn(OF_KUBEADM.map(objectOf)));
  return authorizer;
}

function objectOf([subject, kind, name]: (typeof OF_KUBEADM)[number]): AccessObject {
  const namespace = kind === 'Role' ? { namespace: 'kube-system' } : {};
  return {
    manifest: {
      ...{ apiVersion: `${RBAC}/v1`, kind: kind === 'Role' ? 'RoleBinding' : 'ClusterRoleBinding' },
      metadata: { name, ...namespace },
      roleRef: { apiGroup: RBAC, kind, name },
      subjects: [{ apiGroup: RBAC, kind: subject === KUBELET_CLIENT ? 'User' : 'Group', name: subject }],
    } as Manifest,
    source: 'kubeadm',
  };
}

/** Whether somebody is a part of Kubernetes, to which only Kubernetes and kubeadm themselves have bound something. */
export function isOnlyPart(subject: Subject, bindings: readonly Binding[]): boolean {
  if (!PARTS.test(keyOf(subject))) return false;
  const key = keyOf({ ...subject, name: known(subject.name) });
  const theirs = own().bindings.filter(({ subjects }) => subjects.some((one) => keyOf(one) === key));
  return bindings.every(({ role, namespace }) =>
    theirs.some(
      (one) => one.role.kind === role.kind && one.role.name === role.name && one.namespace === namespace,
    ),
  );
}

/** Whether somebody has a right from Kubernetes or kubeadm themselves, as parts of it have. */
export function isOwnRight({
  subject: { user, groups },
  resource: full,
  ...question
}: AccessQuestion): boolean {
  const [resource = '', subresource] = full.split('/');
  return own().allows({ user, groups: groups.map(known) }, { ...question, resource, subresource });
}

function known(name: string): string {
  return name.startsWith(`${JOINING}:`) ? JOINING : name;
}
