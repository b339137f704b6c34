import type { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { StatefulSet, type k8s, type Service, type StatefulSetProps } from '../cdk8s-plus';
import type { Port } from '../network/port';
import type { Manifest } from '../render/after-render';
import { isDnsLabel } from '../validation';
import { addDisruptionBudget, withTopologySpread } from './availability';
import { quantity } from './container-props';
import { HardenedWorkload, type OptionsCheck } from './hardened-workload';
import { requireReplicas } from './replicas';
import type { WorkloadOptions } from './workload-options';

/** Storage that each pod keeps for itself, beyond its own life. */
export interface VolumeClaim {
  /** Absolute path at which it is mounted. */
  readonly path: string;
  /** How much is asked for. */
  readonly size: Size;
  /**
   * Name of the StorageClass.
   *
   * @default - the default one of the cluster
   */
  readonly storageClass?: string;
}

/** Settings of a `HardenedStatefulSet`. */
export interface HardenedStatefulSetProps
  extends WorkloadOptions, Pick<StatefulSetProps, 'minReady' | 'podManagementPolicy' | 'strategy'> {
  /** The port that it serves; its pods are known by the names of a headless Service on it. */
  readonly port: Port;
  /**
   * How many pods. From two on they are spread over nodes and zones, and a drain takes one at a time.
   *
   * @default - 1, or what an autoscaler says
   */
  readonly replicas?: number;
  /**
   * Storage of each pod, by lasting name.
   *
   * @default - none
   */
  readonly claims?: Readonly<Record<string, VolumeClaim>>;
}

/** A StatefulSet whose pods are hardened as `HardenedWorkload` says, behind a headless Service. */
export class HardenedStatefulSet extends HardenedWorkload {
  /** The cdk8s-plus StatefulSet, for everything that has no option here. */
  public readonly statefulSet: StatefulSet;
  /** The headless Service. */
  public readonly service: Service;
  private readonly isSeveral: boolean;
  private readonly claims: Readonly<Record<string, VolumeClaim>>;

  /** @throws KeelsonError naming every option that is not valid */
  public constructor(scope: Construct, id: string, props: HardenedStatefulSetProps) {
    const { minReady, podManagementPolicy, strategy, replicas, claims = {} } = props;
    super(scope, id, 'StatefulSet', props, requireReplicas(props.replicas), requireClaims(claims));
    this.isSeveral = replicas !== undefined && replicas > 1;
    this.claims = claims;
    this.service = this.addService('None')!;
    this.statefulSet = this.adopt(
      new StatefulSet(this, 'StatefulSet', {
        ...this.podProps(),
        ...{ minReady, podManagementPolicy, strategy, replicas },
        service: this.service,
      }),
    );
    // An autoscaler may come later; where there is one pod, a budget of one holds no drain up.
    if (replicas === undefined || this.isSeveral) addDisruptionBudget(this, this.name, this.namespace);
  }

  protected override finish(manifest: Manifest): Manifest {
    const finished = super.finish(manifest);
    const claims = Object.entries(this.claims);
    if (claims.length === 0) return finished;
    return {
      ...finished,
      spec: { ...(finished.spec as object), volumeClaimTemplates: claims.map(claimTemplate) },
    };
  }

  protected override finishPod(pod: k8s.PodSpec): k8s.PodSpec {
    const mounts = Object.entries(this.claims).map(([name, { path }]) => ({ name, mountPath: path }));
    const containers = pod.containers.map((container, index) =>
      index > 0 || mounts.length === 0
        ? container
        : { ...container, volumeMounts: [...(container.volumeMounts ?? []), ...mounts] },
    );
    const hardened = super.finishPod({ ...pod, containers });
    const several = this.isSeveral || this.statefulSet.hasAutoscaler;
    return several ? withTopologySpread(hardened, this.name) : hardened;
  }
}

function claimTemplate([name, { size, storageClass }]: readonly [string, VolumeClaim]): object {
  return {
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOncePod'],
      resources: { requests: { storage: quantity(size) } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    },
  };
}

function requireClaims(claims: Readonly<Record<string, VolumeClaim>>): OptionsCheck {
  return (check) => {
    for (const [name, { path }] of Object.entries(claims)) {
      check.require(
        isDnsLabel(name) && /^\/.+/.test(path) && !path.split('/').includes('..'),
        `claims.${name}`,
        `"${name}" is no name of a volume, or "${path}" no folder in the container.`,
        'Use a DNS label and an absolute path below /.',
      );
    }
  };
}
