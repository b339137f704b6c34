/** A machine that a cluster is made of. */
export interface Machine {
  /** Its host name, which becomes the name of the node: at most 63 characters of `a-z`, `0-9` and `-`. */
  readonly name: string;
  /** The address at which the other machines reach it, IPv4 or IPv6. */
  readonly address: string;
  /**
   * Of a worker: whose workloads run on it, and nobody else's. It joins with a taint of that value, `NoSchedule`, so that only pods that
   * tolerate it are put there; `nodeLabels` of the cluster says which label it gets. Source: NET-2.
   *
   * @default - everybody's
   */
  readonly isolation?: string;
}
