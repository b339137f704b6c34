import type { Construct } from 'constructs';
import { DaemonSet, type DaemonSetProps, type Service } from '../cdk8s-plus';
import { HardenedWorkload } from './hardened-workload';
import type { WorkloadOptions } from './workload-options';

/** Settings of a `HardenedDaemonSet`. */
export interface HardenedDaemonSetProps extends WorkloadOptions, Pick<DaemonSetProps, 'minReadySeconds'> {}

/**
 * A DaemonSet whose pods are hardened as `HardenedWorkload` says, one on each node but those of the control plane.
 *
 * Source, beyond those: NET-2.
 */
export class HardenedDaemonSet extends HardenedWorkload {
  /** The cdk8s-plus DaemonSet, for everything that has no option here. */
  public readonly daemonSet: DaemonSet;
  /** The Service in front of it, where it serves a port. */
  public readonly service?: Service;

  /** @throws KeelsonError naming every option that is not valid */
  public constructor(scope: Construct, id: string, props: HardenedDaemonSetProps) {
    super(scope, id, 'DaemonSet', props);
    this.daemonSet = this.adopt(
      new DaemonSet(this, 'DaemonSet', { ...this.podProps(), minReadySeconds: props.minReadySeconds }),
    );
    this.service = this.addService();
    this.service?.select(this.daemonSet);
  }
}
