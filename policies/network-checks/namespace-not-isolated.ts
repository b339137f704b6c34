import type { PodPoint } from '../../reachability';
import { defineNetworkCheck } from './network-check';

export default defineNetworkCheck({
  id: 'namespace-not-isolated',
  title: 'Where pods run, what no network policy allows is denied',
  rationale:
    'Without such a policy a pod that no other policy selects reaches, and is reached by, each other; so does one that comes tomorrow.',
  severity: 'high',
  remediation:
    'Add a NetworkPolicy with an empty podSelector and policyTypes [Ingress, Egress] (DefaultDeny is it, HardenedNamespace has it).',
  mappings: { recommendations: ['NET-5'], cis: ['5.3.2'], attack: ['T1046'] },
  *judge({ cluster }) {
    for (const [namespace, pods] of podsByNamespace(cluster.pods)) {
      const forAll = cluster.policies.filter(
        (policy) => policy.namespace === namespace && policy.pods.length === 0,
      );
      const open = (['ingress', 'egress'] as const).filter((direction) =>
        forAll.every((policy) => policy[direction] === undefined),
      );
      if (open.length === 0) continue;
      const [first, ...others] = pods;
      yield {
        resource: { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: namespace },
        source: first!.source,
        path: '',
        message: `${first!.id}${others.length === 0 ? ' runs' : ` and ${others.length} more run`} in ${namespace}, and no policy denies ${open.join(' and ')} of all pods there by default.`,
      };
    }
  },
});

/** The pods that policies hold at all. */
function podsByNamespace(pods: readonly PodPoint[]): ReadonlyMap<string, readonly PodPoint[]> {
  const found = new Map<string, PodPoint[]>();
  for (const one of pods) {
    if (one.hostNetwork || one.virtual) continue;
    const known = found.get(one.namespace);
    if (known === undefined) found.set(one.namespace, [one]);
    else known.push(one);
  }
  return found;
}
