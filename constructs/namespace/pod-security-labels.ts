import type { KubernetesMinor, PodSecurityLevel } from '../../model';

/**
 * Pod Security as labels of a namespace: what it enforces, and `restricted` as what it warns of and notes. Pinned to a release,
 * so that an upgrade of the cluster does not change the rules.
 */
export function podSecurityLabels(
  enforce: PodSecurityLevel,
  kubernetes: KubernetesMinor,
): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [mode, level] of Object.entries({ enforce, warn: 'restricted', audit: 'restricted' })) {
    labels[`pod-security.kubernetes.io/${mode}`] = level;
    labels[`pod-security.kubernetes.io/${mode}-version`] = `v${kubernetes}`;
  }
  return labels;
}
