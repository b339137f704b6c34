import type { k8s } from '../cdk8s-plus';
import { NAMESPACE_NAME_LABEL, WORKLOAD_LABEL } from '../names';
import { Addresses } from './addresses';
import { ForeignPods } from './foreign-pods';
import type { Port } from './port';
import type { PortRange } from './port-range';

/** Pods that can be one end of a connection. */
export interface ConnectionPeer {
  /** Name of the workload: the value of its pods' workload label. */
  readonly name: string;
  /** Name of the namespace it lives in. */
  readonly namespace: string;
  /** The ports its containers open. */
  readonly ports: readonly (Port | PortRange)[];
}

/** What is not in the app: addresses, or pods that somebody else deploys. */
export type OutsidePeer = Addresses | ForeignPods;

/** One end of a connection. */
export type ConnectionEnd = ConnectionPeer | OutsidePeer;

/** Whether an end is not in the app, so that nothing can be written at its side. */
export function isOutside(end: ConnectionEnd): end is OutsidePeer {
  return end instanceof Addresses || end instanceof ForeignPods;
}

/** The labels of the pods of a workload, in its own namespace. */
export function labelsOf({ name }: Pick<ConnectionPeer, 'name'>): Readonly<Record<string, string>> {
  return { [WORKLOAD_LABEL]: name };
}

/**
 * An end as network policies select it. The namespace is named even where both ends share one, so that it means the same
 * wherever the policy stands.
 */
export function policyPeers(end: ConnectionEnd): readonly k8s.NetworkPolicyPeer[] {
  if (isOutside(end)) return end.policyPeers();
  return [
    {
      namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: end.namespace } },
      podSelector: { matchLabels: labelsOf(end) },
    },
  ];
}

/** An end as it stands in the names of policies of a namespace, and what of that are names. */
export function endName(
  end: ConnectionEnd,
  namespace: string,
): readonly [text: string, parts: readonly string[]] {
  if (end instanceof Addresses) return [`addresses-${end.node.id}`, [end.node.id]];
  if (end instanceof ForeignPods) return [`foreign-${end.node.id}`, [end.node.id]];
  return end.namespace === namespace
    ? [end.name, [end.name]]
    : [`${end.name}-in-${end.namespace}`, [end.name, end.namespace]];
}

/** An end for a person, for example `shop/api`. */
export function describeEnd(end: ConnectionEnd): string {
  return isOutside(end) ? end.node.path : `${end.namespace}/${end.name}`;
}
