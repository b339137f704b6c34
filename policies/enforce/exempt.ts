/**
 * Namespaces of the cluster's own components, which the API server's policies leave alone: a policy there can lock the
 * control plane out of its own repair. They get a baseline of their own later. What a stack declares in them is judged
 * at synth like everything else.
 */
export const EXEMPT_NAMESPACES: readonly string[] = ['kube-system', 'kube-public', 'kube-node-lease'];
