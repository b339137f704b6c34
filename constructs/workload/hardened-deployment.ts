import type { Construct } from 'constructs';
import {
  Deployment,
  DeploymentStrategy,
  PercentOrAbsolute,
  type DeploymentProps,
  type k8s,
  type Service,
} from '../cdk8s-plus';
import { addDisruptionBudget, withTopologySpread } from './availability';
import { HardenedWorkload } from './hardened-workload';
import { requireReplicas } from './replicas';
import type { WorkloadOptions } from './workload-options';

/** Settings of a `HardenedDeployment`. */
export interface HardenedDeploymentProps
  extends WorkloadOptions, Pick<DeploymentProps, 'minReady' | 'progressDeadline' | 'strategy'> {
  /**
   * How many pods. From two on they are spread over nodes and zones, and a drain takes one at a time.
   *
   * @default - 2, or what an autoscaler says
   */
  readonly replicas?: number;
}

/**
 * A Deployment whose pods are hardened as `HardenedWorkload` says. A rollout never takes a pod away before its successor is
 * ready.
 *
 * `deployment` is the cdk8s-plus object: what is added there (containers, volumes, an autoscaler) is hardened too.
 */
export class HardenedDeployment extends HardenedWorkload {
  /** The cdk8s-plus Deployment, for everything that has no option here. */
  public readonly deployment: Deployment;
  /** The Service in front of it, where it serves a port. */
  public readonly service?: Service;
  private readonly isSeveral: boolean;

  /** @throws KeelsonError naming every option that is not valid */
  public constructor(scope: Construct, id: string, props: HardenedDeploymentProps) {
    super(scope, id, 'Deployment', props, requireReplicas(props.replicas));
    const { minReady, progressDeadline, strategy, replicas } = props;
    this.isSeveral = replicas === undefined || replicas > 1;
    this.deployment = this.adopt(
      new Deployment(this, 'Deployment', {
        ...this.podProps(),
        ...{ minReady, progressDeadline, replicas },
        strategy: strategy ?? ONE_MORE,
      }),
    );
    this.service = this.addService();
    this.service?.select(this.deployment);
    if (this.isSeveral) addDisruptionBudget(this, this.name, this.namespace);
  }

  protected override finishPod(pod: k8s.PodSpec): k8s.PodSpec {
    const hardened = super.finishPod(pod);
    const several = this.isSeveral || this.deployment.hasAutoscaler;
    return several ? withTopologySpread(hardened, this.name, 'pod-template-hash') : hardened;
  }
}

/** One pod more than wanted while a rollout goes on, and never one less. */
const ONE_MORE = DeploymentStrategy.rollingUpdate({
  maxSurge: PercentOrAbsolute.absolute(1),
  maxUnavailable: PercentOrAbsolute.absolute(0),
});
