import type { IConstruct } from 'constructs';
import type { ClusterNetwork } from '../../model';
import { KeelsonApp } from '../app';

/** What the app that a construct is in says of its cluster's network; nothing where it is no `KeelsonApp`. */
export function networkOf(scope: IConstruct): ClusterNetwork {
  const { root } = scope.node;
  return root instanceof KeelsonApp ? root.network : {};
}
