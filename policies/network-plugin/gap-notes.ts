import type { ClusterNetworkPlugin, Manifest, PolicyFeature, PolicyGap } from '../../constructs';
import { POLICY_FEATURES } from '../../constructs';
import { AddressSet, readPolicy, type Rule } from '../../reachability';

/** A policy that uses what a network plugin does not enforce as the NetworkPolicy API says. */
export interface GapNote extends PolicyGap {
  /** `namespace/name` of the policy. */
  readonly policy: string;
  /** From the policy's root, for example `spec.egress[0]`. */
  readonly path: string;
}

/**
 * Looks for what a network plugin does not enforce, in the policies that it is to enforce. Policies that the API server would not take
 * are left out: the network checks name them.
 *
 * @param objects NetworkPolicies; others are passed over
 * @param pods the ranges of pod addresses; where they are not known, every range of a policy may hold pods
 */
export function gapNotes(
  { gaps }: ClusterNetworkPlugin,
  objects: Iterable<Manifest>,
  pods: readonly string[] = ['0.0.0.0/0', '::/0'],
): readonly GapNote[] {
  if (gaps.length === 0) return [];
  const podAddresses = AddressSet.of(pods, []);
  return [...objects].flatMap((manifest) => {
    if (manifest.kind !== 'NetworkPolicy' || !manifest.apiVersion.startsWith('networking.k8s.io/')) return [];
    const policy = readPolicy({ manifest, source: '' });
    if (!('pods' in policy)) return [];
    const found = (feature: PolicyFeature, path: string): readonly GapNote[] =>
      gaps.filter((gap) => gap.feature === feature).map((gap) => ({ ...gap, policy: policy.name, path }));
    const rules = [...(policy.ingress ?? []), ...(policy.egress ?? [])];
    return [
      ...found('policy', 'spec'),
      ...rules.flatMap((rule) => featuresOf(rule, podAddresses).flatMap((one) => found(one, rule.path))),
    ];
  });
}

/** A note for a person to read, in one line. */
export function gapText(plugin: string, { policy, path, feature, lets, what, source }: GapNote): string {
  const effect = { more: 'more', less: 'less', unknown: 'more or less' }[lets];
  const can = `${plugin} may let through ${effect} than it says`;
  return `NetworkPolicy ${policy}, ${path}: ${POLICY_FEATURES[feature]}: ${can}. ${what} (${source})`;
}

function featuresOf({ ports, anyPort, peers, path }: Rule, pods: AddressSet): readonly PolicyFeature[] {
  const named = ports.filter((port) => 'name' in port);
  const isRange = (port: Rule['ports'][number]): boolean =>
    'port' in port && port.endPort !== port.port && !(port.port === 1 && port.endPort === 65535);
  const holdsPods = (peers ?? []).some(
    (peer) => peer.type === 'addresses' && AddressSet.of([peer.cidr], peer.except).meets(pods),
  );
  return [
    ...(ports.some(isRange) ? (['end-port'] as const) : []),
    ...(holdsPods ? (['ip-block'] as const) : []),
    ...(!anyPort && ports.some(({ protocol }) => protocol === 'SCTP') ? (['sctp'] as const) : []),
    ...(named.length > 0 && peers === undefined && path.startsWith('spec.egress')
      ? (['named-port'] as const)
      : []),
  ];
}
