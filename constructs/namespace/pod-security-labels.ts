import type { KubernetesMinor, PodSecurityLevel } from '../../model';

/**
 * Pod Security as labels of a namespace: what it enforces, and `restricted` as what it warns of and notes. Pinned to a release,
 * so that an upgrade of the cluster does not change the rules.
 *
 * @param enforce undefined leaves it to the API server what is enforced
 */
export function podSecurityLabels(
  enforce: PodSecurityLevel | undefined,
  kubernetes: KubernetesMinor,
): Record<string, string> {
  const labels: Record<string, string> = {};
  const levels = { enforce, warn: 'restricted', audit: 'restricted' };
  for (const [mode, level] of Object.entries(levels)) {
    if (level === undefined) continue;
    labels[`pod-security.kubernetes.io/${mode}`] = level;
    labels[`pod-security.kubernetes.io/${mode}-version`] = `v${kubernetes}`;
  }
  return labels;
}
