import type { ClusterNetwork, Protocol } from '../model';

/** A port that a container declares. */
export interface DeclaredPort {
  readonly protocol: Protocol;
  readonly port: number;
  /** Its name, by which network policies may call it. @default - it has none */
  readonly name?: string;
}

/** What every point of the picture has. */
interface PointBase {
  /** Unique, and the same in every version: flows name their ends by it. */
  readonly id: string;
}

/** Pods that are alike: those of one workload. */
export interface WorkloadPoint extends PointBase {
  readonly type: 'workload';
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Construct path, or file and line. */
  readonly source: string;
  /** The ports that its containers declare. Nothing keeps them from listening on others. */
  readonly ports: readonly DeclaredPort[];
  /**
   * It is not among the objects, and in every usual cluster all the same: the cluster's DNS. What nothing holds of it is no flow.
   *
   * @default - it is among the objects
   */
  readonly virtual?: true;
  /** It stands in the network of its node, where network policies do not hold. @default - false */
  readonly hostNetwork?: true;
  /** The policies, as `namespace/name`, that deny what no rule lets in. Empty: everything comes in. */
  readonly ingressDeniedBy: readonly string[];
  /** The policies that deny what no rule lets out. Empty: everything goes out. */
  readonly egressDeniedBy: readonly string[];
}

/** Pods that policies name and that are not among the objects. */
export interface ElsewherePoint extends PointBase {
  readonly type: 'elsewhere';
}

/** Addresses: what is no pod, or not known as one. */
export interface AddressPoint extends PointBase {
  /**
   * `outside`: every address there is. `addresses`: a range that a policy names. `metadata`: the metadata service of clouds.
   * `api-server` and `nodes`: as the network of the cluster says.
   */
  readonly type: 'outside' | 'addresses' | 'metadata' | 'api-server' | 'nodes';
  /** Ranges that it covers; none where it is not known which. */
  readonly ranges: readonly string[];
  /** Ranges within these that it leaves out. @default - none */
  readonly except?: readonly string[];
}

/** One end of a flow. */
export type Point = WorkloadPoint | ElsewherePoint | AddressPoint;

/** Ports that are open from one point to another, and who opens them. */
export interface Opening {
  readonly protocol: Protocol;
  /** The first port. */
  readonly port: number;
  /** The last port: the first where it is one only. */
  readonly endPort: number;
  /** The policies that let it out; empty where nothing holds the source back. */
  readonly egress: readonly string[];
  /** The policies that let it in; empty where nothing holds the destination back. */
  readonly ingress: readonly string[];
  /**
   * Nobody can tell from the objects: for example a range of addresses that pods may have. It counts as open.
   *
   * @default - it is open for certain
   */
  readonly possible?: true;
}

/** What is open from one point to another. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  /** In the order of protocol and port; they do not overlap. */
  readonly openings: readonly Opening[];
}

/** Pods that are known not to be among the objects: an ingress controller that another app has, for example. */
export interface ForeignPods {
  readonly namespace: string;
  /** Labels that all of them have. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * A network policy that was counted, in words: what one side alone opens is no flow, and is to be seen all the same when it
 * changes.
 */
export interface PolicySummary {
  /** `namespace/name`. */
  readonly name: string;
  /** Construct path, or file and line. */
  readonly source: string;
  /** The pods it is for. */
  readonly pods: string;
  /** What it lets in. @default - it says nothing of what comes in */
  readonly ingress?: readonly string[];
  /** What it lets out. @default - it says nothing of what goes out */
  readonly egress?: readonly string[];
}

/**
 * What can reach what, by the NetworkPolicy API: every pair of points that is not among the flows is denied in all ports, by
 * the policies that `egressDeniedBy` of the one and `ingressDeniedBy` of the other name.
 *
 * Two things are open whatever policies say, and are no flows: the node of a pod reaches the pod (the kubelet probes it), and a pod
 * reaches itself.
 */
export interface Reachability {
  readonly format: 'keelson/reachability';
  readonly version: 1;
  /** What was known of the cluster. */
  readonly network: ClusterNetwork;
  /** Pods that policies name on purpose, though they are not among the objects. */
  readonly foreign: readonly ForeignPods[];
  /** By type, then namespace and name. */
  readonly points: readonly Point[];
  /** Linear in the pairs that are open; in the order of the points. */
  readonly flows: readonly Flow[];
  readonly policies: readonly PolicySummary[];
  /** Objects that decide over traffic and are not counted, by `apiVersion/kind`. */
  readonly notCounted: Readonly<Record<string, number>>;
}

/** The last port that there is. */
export const LAST_PORT = 65535;
