import { CLUSTER } from '../holder';
import { clusterWide } from '../permission';
import type { Step, Technique } from '../technique';

/** Speaks to the kubelet past admission and audit, and runs programs in every pod of the node, those of the control plane too. */
export const kubelet: Technique = {
  id: 'kubelet',
  title: 'runs programs in the pods of the control plane through the kubelet',
  source: 'T1609; CIS 5.1.10',
  steps: (grants) =>
    clusterWide(grants, { verbs: ['create', 'get'], group: '', resource: 'nodes', subresource: 'proxy' }).map(
      ({ because }): Step => ({ to: CLUSTER, because }),
    ),
};
