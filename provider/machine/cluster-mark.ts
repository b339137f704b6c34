import { createHash } from 'node:crypto';

/** Says on a machine that kubeadm came to its end there, and for which cluster. */
export const JOINED = '/etc/kubernetes/keelson/joined';

/** What stands there: a digest of the certificate of the cluster's authority. */
export function clusterMark(authority: string): string {
  return createHash('sha256').update(authority).digest('hex');
}
