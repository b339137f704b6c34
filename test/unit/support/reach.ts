import type { Manifest } from '../../../constructs';
import type { ClusterNetwork, Protocol } from '../../../model';
import {
  readCluster,
  reachabilityOf,
  ReachabilityIndex,
  type Cluster,
  type Opening,
  type Reachability,
} from '../../../reachability';

/** A container port as the API has it; a number is one of TCP without a name. */
export type ContainerPort =
  number | { readonly containerPort: number; readonly name?: string; readonly protocol?: Protocol };

/** What a pod has beside its labels. */
export interface PodOptions {
  readonly ports?: readonly ContainerPort[];
  readonly ips?: readonly string[];
  readonly hostNetwork?: boolean;
}

/** A pod's labels and spec, of a Pod or of a template. */
export function template(labels: Readonly<Record<string, string>>, options: PodOptions = {}): object {
  const ports = (options.ports ?? []).map((port) =>
    typeof port === 'number' ? { containerPort: port } : port,
  );
  return {
    metadata: { labels },
    spec: {
      containers: [{ name: 'main', ports }],
      ...(options.hostNetwork ? { hostNetwork: true } : {}),
    },
  };
}

/** A Pod, named `namespace/name`. */
export function pod(
  id: string,
  labels: Readonly<Record<string, string>> = {},
  options: PodOptions = {},
): Manifest {
  const made = template(labels, options) as { readonly metadata: object };
  const podIPs = options.ips?.map((ip) => ({ ip }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    ...made,
    metadata: { ...named(id), ...made.metadata },
    ...(podIPs === undefined ? {} : { status: { phase: 'Running', podIPs } }),
  };
}

/** A Namespace. */
export function namespace(name: string, labels: Readonly<Record<string, string>> = {}): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

/** A NetworkPolicy, named `namespace/name`. */
export function policy(id: string, spec: unknown): Manifest {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: named(id), spec };
}

function named(id: string): { readonly namespace: string; readonly name: string } {
  const [namespace, name] = id.split('/') as [string, string];
  return { namespace, name };
}

/** What can reach what, with short questions: ends are `namespace/name` of a Pod, ids of points, or addresses. */
export class Reach {
  public readonly cluster: Cluster;
  public readonly reachability: Reachability;
  private readonly index: ReachabilityIndex;

  public constructor(manifests: readonly Manifest[], network?: ClusterNetwork) {
    this.cluster = readCluster(
      manifests.map((manifest) => ({ manifest, source: 'test', live: true })),
      network,
    );
    this.reachability = reachabilityOf(this.cluster);
    this.index = new ReachabilityIndex(this.reachability);
  }

  /** Whether a packet gets through, or may. */
  public allows(from: string, to: string, port = 80, protocol: Protocol = 'TCP'): boolean {
    return this.index.allows({ from: this.idOf(from), to: this.idOf(to), protocol, port });
  }

  /** `open`, `possible` or `denied`. */
  public verdict(from: string, to: string, port = 80, protocol: Protocol = 'TCP'): string {
    const openings = this.index.openings({ from: this.idOf(from), to: this.idOf(to), protocol, port });
    if (openings.length === 0) return 'denied';
    return openings.every(({ possible }) => possible) ? 'possible' : 'open';
  }

  /** The ports that are open from one end to another, for example `TCP 80-90`. */
  public ports(from: string, to: string): readonly string[] {
    const { openings = [] } = this.index.between(this.idOf(from), this.idOf(to)) ?? {};
    return openings.map(
      ({ protocol, port, endPort }: Opening) =>
        `${protocol} ${port === endPort ? port : `${port}-${endPort}`}`,
    );
  }

  private idOf(end: string): string {
    const id = `Pod ${end}`;
    return this.reachability.points.some((point) => point.id === id) ? id : end;
  }
}
