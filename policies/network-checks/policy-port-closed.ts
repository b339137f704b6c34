import {
  formatPorts,
  type PodPoint,
  type Policy,
  type Rule,
  type RulePort,
  type Sides,
} from '../../reachability';
import { brokenIn, defineNetworkCheck } from './network-check';

export default defineNetworkCheck({
  id: 'policy-port-closed',
  title: 'Each port of a network policy is one that containers open',
  rationale:
    'A port that no container declares is a mistake, or a way that was left open for whatever listens there next.',
  severity: 'medium',
  remediation: 'Name a port that the containers declare, or declare it there (containerPort).',
  mappings: { recommendations: ['NET-5'], cis: ['5.3.2'], attack: ['T1046'] },
  *judge({ cluster, sides }) {
    for (const policy of cluster.policies) {
      for (const { rule, reached } of reachedBy(policy, sides, cluster.pods)) {
        if (rule.anyPort || reached.length === 0) continue;
        for (const [index, port] of rule.ports.entries()) {
          if (reached.some((pods) => declares(pods, port))) continue;
          const names = namesOf(reached);
          yield brokenIn(
            policy.object,
            `${rule.path}.ports[${index}]`,
            `The policy opens ${formatPorts(port)} of ${names}, whose containers declare ${portsOf(reached)}.`,
          );
        }
      }
    }
  },
});

/** The rules of a policy with the pods that each lets somebody reach. */
function* reachedBy(
  policy: Policy,
  sides: Sides,
  pods: readonly PodPoint[],
): Generator<{ readonly rule: Rule; readonly reached: readonly PodPoint[] }> {
  const own = [...sides.index.inNamespace(policy.namespace, policy.pods).keys()].map((index) => pods[index]!);
  for (const rule of policy.ingress ?? []) yield { rule, reached: own };
  if (own.length === 0) return;
  for (const rule of policy.egress ?? []) {
    for (const peer of rule.peers ?? []) {
      if (peer.type === 'pods')
        yield { rule, reached: [...sides.index.ofPeer(peer).keys()].map((index) => pods[index]!) };
    }
  }
}

function declares({ ports }: PodPoint, wanted: RulePort): boolean {
  return ports.some(({ protocol, port, name }) => {
    if (protocol !== wanted.protocol) return false;
    return 'name' in wanted ? name === wanted.name : port >= wanted.port && port <= wanted.endPort;
  });
}

function namesOf(pods: readonly PodPoint[]): string {
  const [first, ...others] = pods;
  return others.length === 0 ? first!.id : `${first!.id} and ${others.length} more`;
}

function portsOf(pods: readonly PodPoint[]): string {
  const all = pods.flatMap(({ ports }) =>
    ports.map(({ protocol, port, name }) => `${protocol} ${port}${name === undefined ? '' : ` (${name})`}`),
  );
  return [...new Set(all)].slice(0, 5).join(', ') || 'no port';
}
