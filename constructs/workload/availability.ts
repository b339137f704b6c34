import type { Construct } from 'constructs';
import { k8s } from '../cdk8s-plus';
import { WORKLOAD_LABEL } from '../names';

/** The failure of one of these takes away as few pods of a workload as can be. */
const TOPOLOGIES = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'];

/**
 * Spreads the pods of a workload over nodes and zones, as far as there are several.
 *
 * @param revisionLabel the label by which pods of one revision are told from the next, where the kind has one
 */
export function withTopologySpread(pod: k8s.PodSpec, name: string, revisionLabel?: string): k8s.PodSpec {
  return {
    topologySpreadConstraints: TOPOLOGIES.map((topologyKey) => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: { [WORKLOAD_LABEL]: name } },
      ...(revisionLabel === undefined ? {} : { matchLabelKeys: [revisionLabel] }),
    })),
    ...pod,
  };
}

/** Lets a drain of nodes take one pod of a workload at a time; a pod that does not work holds no drain up. */
export function addDisruptionBudget(scope: Construct, name: string, namespace: string): void {
  new k8s.KubePodDisruptionBudget(scope, 'DisruptionBudget', {
    metadata: { name, namespace },
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      selector: { matchLabels: { [WORKLOAD_LABEL]: name } },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  });
}
