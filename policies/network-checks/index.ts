import type { ClusterNetwork, Finding, Problem } from '../../model';
import {
  reachabilityOf,
  ReachabilityIndex,
  readCluster,
  Sides,
  type ForeignPods,
  type NetworkObject,
  type Reachability,
} from '../../reachability';
import firewallAgrees from './firewall-agrees';
import namespaceNotIsolated from './namespace-not-isolated';
import type { Broken, NetworkCheck, NetworkView } from './network-check';
import policyAddressRanges from './policy-address-ranges';
import policyMatchesNothing from './policy-matches-nothing';
import policyOneSided from './policy-one-sided';
import policyPortClosed from './policy-port-closed';

export * from './network-check';

/** What must hold of the objects of a network together, in the order of their ids. */
export const NETWORK_CHECKS: readonly NetworkCheck[] = [
  firewallAgrees,
  namespaceNotIsolated,
  policyAddressRanges,
  policyMatchesNothing,
  policyOneSided,
  policyPortClosed,
];

/** What can reach what, and what is wrong with it. */
export interface NetworkVerdict {
  readonly reachability: Reachability;
  readonly findings: readonly Finding[];
  /** Policies that the API server would not take, and objects that are there twice. */
  readonly problems: readonly Problem[];
}

/**
 * Judges the network of objects.
 *
 * @param objects all of the cluster, as far as they are known
 * @param network what the cluster's network is
 * @param foreign pods that are known not to be among the objects
 */
export function judgeNetwork(
  objects: readonly NetworkObject[],
  network: ClusterNetwork = {},
  foreign: readonly ForeignPods[] = [],
): NetworkVerdict {
  const cluster = readCluster(objects, network, foreign);
  const sides = new Sides(cluster);
  const reachability = reachabilityOf(cluster, sides);
  const index = new ReachabilityIndex(reachability);
  const view: NetworkView = { objects, cluster, sides, reachability, index };
  return {
    reachability,
    findings: NETWORK_CHECKS.flatMap((check) =>
      [...check.judge(view)].map((broken) => findingOf(check, broken)),
    ),
    problems: cluster.problems,
  };
}

function findingOf({ id, severity, mappings, remediation }: NetworkCheck, broken: Broken): Finding {
  return { control: id, severity, recommendations: mappings.recommendations, remediation, ...broken };
}
