import { Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import { CronJob, type CronJobProps, type k8s } from '../cdk8s-plus';
import type { Manifest } from '../render/after-render';
import { HardenedWorkload } from './hardened-workload';
import type { WorkloadOptions } from './workload-options';

/** Settings of a `HardenedCronJob`. */
export interface HardenedCronJobProps
  extends
    Omit<WorkloadOptions, 'port' | 'otherPorts' | 'portRanges'>,
    Pick<
      CronJobProps,
      | 'activeDeadline'
      | 'backoffLimit'
      | 'concurrencyPolicy'
      | 'failedJobsRetained'
      | 'schedule'
      | 'successfulJobsRetained'
      | 'suspend'
      | 'timeZone'
    > {
  /**
   * How late a run may start before it is given up; at least ten seconds.
   *
   * @default - five minutes
   */
  readonly startingDeadline?: Duration;
}

/** A CronJob whose pods are hardened as `HardenedWorkload` says. One run waits for the other. */
export class HardenedCronJob extends HardenedWorkload {
  /** The cdk8s-plus CronJob, for everything that has no option here. */
  public readonly cronJob: CronJob;

  /** @throws KeelsonError naming every option that is not valid */
  public constructor(scope: Construct, id: string, props: HardenedCronJobProps) {
    super(scope, id, 'CronJob', props);
    const { activeDeadline, backoffLimit, concurrencyPolicy, failedJobsRetained, schedule } = props;
    const { successfulJobsRetained, suspend, timeZone, startingDeadline = Duration.minutes(5) } = props;
    this.cronJob = this.adopt(
      new CronJob(this, 'CronJob', {
        ...this.podProps(),
        ...{ activeDeadline, backoffLimit, concurrencyPolicy, failedJobsRetained, schedule },
        ...{ successfulJobsRetained, suspend, timeZone, startingDeadline },
      }),
    );
  }

  protected override inTemplate(manifest: Manifest, change: (pod: k8s.PodSpec) => k8s.PodSpec): Manifest {
    const spec = manifest.spec as { readonly jobTemplate: Manifest };
    return { ...manifest, spec: { ...spec, jobTemplate: super.inTemplate(spec.jobTemplate, change) } };
  }
}
