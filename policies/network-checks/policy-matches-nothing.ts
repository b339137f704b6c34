import { NAMESPACE_NAME_LABEL } from '../../constructs/names';
import {
  formatPeer,
  formatSelector,
  selects,
  type ForeignPods,
  type Policy,
  type PodPeer,
} from '../../reachability';
import { brokenIn, defineNetworkCheck } from './network-check';

export default defineNetworkCheck({
  id: 'policy-matches-nothing',
  title: 'Each selector of a network policy finds pods',
  rationale:
    'A selector that finds nothing is a spelling mistake, or a leftover: what it was to hold is not held, and what it was to open is not open.',
  severity: 'medium',
  remediation:
    'Correct the selector, or remove the policy. Pods that others deploy: name them by new ForeignPods(…) in an app, or under foreign in the file of --network; or give their manifests, too.',
  mappings: { recommendations: ['NET-5'], cis: ['5.3.2'], attack: ['T1046'] },
  *judge({ cluster, sides }) {
    for (const policy of cluster.policies) {
      const { object, namespace, pods } = policy;
      // Without a requirement it is for all pods that there will be.
      if (pods.length > 0 && sides.index.inNamespace(namespace, pods).size === 0) {
        const message = `No pod in ${namespace} has the labels ${formatSelector(pods)} that the policy is for.`;
        yield brokenIn(object, 'spec.podSelector', message);
      }
      for (const { path, peer } of podPeers(policy)) {
        if (sides.index.ofPeer(peer).size > 0 || cluster.foreign.some((one) => isNamed(one, peer))) continue;
        yield brokenIn(object, path, `The policy names ${formatPeer(peer)}, and there are none.`);
      }
    }
  },
});

function* podPeers(policy: Policy): Generator<{ readonly path: string; readonly peer: PodPeer }> {
  for (const direction of ['ingress', 'egress'] as const) {
    for (const rule of policy[direction] ?? []) {
      const list = direction === 'ingress' ? 'from' : 'to';
      for (const [index, peer] of (rule.peers ?? []).entries())
        if (peer.type === 'pods') yield { path: `${rule.path}.${list}[${index}]`, peer };
    }
  }
}

/** Whether a peer finds pods of which only some labels are known. */
function isNamed({ namespace, labels }: ForeignPods, peer: PodPeer): boolean {
  const known = (values: Readonly<Record<string, string>>) => ({ values, unknown: new Set<string>() });
  const inNamespace =
    peer.namespaces === undefined
      ? peer.namespace === namespace
      : selects(peer.namespaces, known({ [NAMESPACE_NAME_LABEL]: namespace })) !== 'no';
  return inNamespace && selects(peer.pods, known(labels)) !== 'no';
}
