/**
 * Namespaces of the cluster's own components, which the controls leave alone at every point of enforcement: a policy
 * there can lock the control plane out of its own repair. They get a baseline of their own later.
 */
export const EXEMPT_NAMESPACES: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];
