import { formatPorts, type PodPoint, type Rule, type RulePort, type Selected } from '../../reachability';
import { brokenIn, defineNetworkCheck, type NetworkView } from './network-check';

export default defineNetworkCheck({
  id: 'policy-one-sided',
  title: 'What one side of a connection opens, the other opens too',
  rationale:
    'Both sides have to let a connection through. One that only one side declares does not work, and opens by itself where the other side is loosened for something else.',
  severity: 'medium',
  remediation: 'Declare the other side too (connectTo writes both), or remove this one.',
  mappings: { recommendations: ['NET-5'], cis: ['5.3.2'], attack: ['T1046'] },
  *judge(view) {
    const { cluster, sides } = view;
    for (const policy of cluster.policies) {
      const own = sides.index.inNamespace(policy.namespace, policy.pods);
      for (const direction of ['ingress', 'egress'] as const) {
        for (const rule of policy[direction] ?? []) {
          for (const peer of rule.peers ?? []) {
            if (peer.type !== 'pods') continue;
            const others = sides.index.ofPeer(peer);
            const pairs =
              direction === 'egress'
                ? pairsOf(own, others, cluster.pods)
                : pairsOf(known(others, view), own, cluster.pods);
            for (const [index, port] of rule.ports.entries()) {
              const half = halfOpen(pairs(), port, rule, direction, view);
              if (half !== undefined)
                yield brokenIn(
                  policy.object,
                  rule.anyPort ? rule.path : `${rule.path}.ports[${index}]`,
                  half,
                );
            }
          }
        }
      }
    }
  },
});

/** Of a source that is not among the objects, and that nothing holds, no flow is known: a selector of all pods selects it, too. */
function known(selected: Selected, { cluster, sides }: NetworkView): Selected {
  return new Map(
    [...selected].filter(([at]) => !cluster.pods[at]!.virtual || sides.of('egress', at).deniedBy.length > 0),
  );
}

type Pair = readonly [from: PodPoint, to: PodPoint];

/** Each pair of two sets; pods do not need policies to reach themselves. */
function pairsOf(from: Selected, to: Selected, pods: readonly PodPoint[]): () => Generator<Pair> {
  return function* () {
    for (const source of from.keys())
      for (const destination of to.keys())
        if (source !== destination) yield [pods[source]!, pods[destination]!];
  };
}

/** What is wrong where a port of a rule lets nobody through, though there is somebody. */
function halfOpen(
  pairs: Iterable<Pair>,
  port: RulePort,
  { policy, anyPort }: Rule,
  direction: 'ingress' | 'egress',
  { index }: NetworkView,
): string | undefined {
  let first: Pair | undefined;
  for (const pair of pairs) {
    const [from, to] = pair;
    if (!isMeant(to, port)) continue;
    const openings = index.between(from.id, to.id)?.openings ?? [];
    const open = openings.some(
      (opening) => opening[direction].includes(policy.name) && meets(opening, port, to),
    );
    if (open) return undefined;
    first ??= pair;
  }
  if (first === undefined) return undefined;
  const [from, to] = first;
  const what = anyPort ? 'any port' : formatPorts(port);
  return direction === 'egress'
    ? `The policy lets ${from.id} out to ${what} of ${to.id}, and nothing lets it in there.`
    : `The policy lets ${from.id} in to ${what} of ${to.id}, and nothing lets it out there.`;
}

/** A name of a port is for those that have it. */
function isMeant({ ports }: PodPoint, port: RulePort): boolean {
  return (
    !('name' in port) || ports.some(({ name, protocol }) => name === port.name && protocol === port.protocol)
  );
}

function meets(
  opening: { readonly protocol: string; readonly port: number; readonly endPort: number },
  port: RulePort,
  { ports }: PodPoint,
): boolean {
  if (opening.protocol !== port.protocol) return false;
  if (!('name' in port)) return opening.port <= port.endPort && opening.endPort >= port.port;
  return ports.some(
    (one) => one.name === port.name && one.port >= opening.port && one.port <= opening.endPort,
  );
}
