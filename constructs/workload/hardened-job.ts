import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { Job, type JobProps } from '../cdk8s-plus';
import { HardenedWorkload } from './hardened-workload';
import type { WorkloadOptions } from './workload-options';

/** Settings of a `HardenedJob`. */
export interface HardenedJobProps
  extends
    Omit<WorkloadOptions, 'port' | 'otherPorts' | 'portRanges'>,
    Pick<JobProps, 'activeDeadline' | 'backoffLimit'> {
  /**
   * How long it is kept once it is finished. Source: UPG-3.
   *
   * @default - a day
   */
  readonly ttlAfterFinished?: Duration;
}

/** A Job whose pods are hardened as `HardenedWorkload` says, and that is gone a day after it is finished. */
export class HardenedJob extends HardenedWorkload {
  /** The cdk8s-plus Job, for everything that has no option here. */
  public readonly job: Job;

  /** @throws KeelsonError naming every option that is not valid */
  public constructor(scope: Construct, id: string, props: HardenedJobProps) {
    super(scope, id, 'Job', props);
    const { activeDeadline, backoffLimit, ttlAfterFinished = Duration.days(1) } = props;
    this.job = this.adopt(
      new Job(this, 'Job', {
        ...this.podProps(),
        ...{ activeDeadline, backoffLimit, ttlAfterFinished },
      }),
    );
  }
}
