import type { IConstruct } from 'constructs';
import type { ClusterNetwork } from '../../model';
import { KeelsonApp } from '../app';

/** Clusters whose network is known, by the root of their tree. */
const clusters = new WeakMap<IConstruct, ClusterNetwork[]>();

/** Notes the network of a cluster that is declared in a tree. */
export function noteNetwork(scope: IConstruct, network: ClusterNetwork): void {
  const { root } = scope.node;
  clusters.set(root, [...(clusters.get(root) ?? []), network]);
}

/**
 * What is known of the cluster's network where a construct is: what the app says, else what the one cluster says that is declared in it.
 * Of several clusters it cannot be told which one the objects are for.
 */
export function networkOf(scope: IConstruct): ClusterNetwork {
  const { root } = scope.node;
  const stated = root instanceof KeelsonApp ? root.network : {};
  const [declared, ...others] = clusters.get(root) ?? [];
  return Object.keys(stated).length > 0 || declared === undefined || others.length > 0 ? stated : declared;
}
