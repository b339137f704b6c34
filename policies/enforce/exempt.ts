/**
 * The namespace of the cluster's own components, which the API server's policies leave alone: a policy there can lock the
 * control plane out of its own repair. It gets a baseline of its own later. What a stack declares in it is judged at synth like
 * everything else.
 */
export const EXEMPT_NAMESPACES: readonly string[] = ['kube-system'];

/**
 * The accounts under which Kubernetes itself writes its built-in roles and bindings: the API server whenever it starts (it
 * ends if it cannot), and the controller that collects rules into `admin`, `edit` and `view`. What they write of RBAC is not
 * judged. It goes by who asks, not by how a role is called: anybody can call a role `system:` something.
 */
export const KUBERNETES_ACCOUNTS: readonly string[] = [
  'system:apiserver',
  'system:serviceaccount:kube-system:clusterrole-aggregation-controller',
  'system:kube-controller-manager',
];
