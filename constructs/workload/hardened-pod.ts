import type { Construct } from 'constructs';
import type { WaiverGrant } from '../../model';
import { Pod, type k8s } from '../cdk8s-plus';
import type { Manifest } from '../render/after-render';
import { HardenedWorkload } from './hardened-workload';
import type { WorkloadOptions } from './workload-options';

/** Settings of a `HardenedPod`. */
export interface HardenedPodProps extends Omit<WorkloadOptions, 'port' | 'otherPorts' | 'portRanges'> {
  /** Why it is a bare pod: nothing replaces it when its node fails (control `bare-pod`). */
  readonly bare: WaiverGrant;
}

/** A bare Pod, hardened as `HardenedWorkload` says. It needs a waiver, as a Job or a Deployment nearly always serves better. */
export class HardenedPod extends HardenedWorkload {
  /** The cdk8s-plus Pod, for everything that has no option here. */
  public readonly pod: Pod;

  /** @throws KeelsonError naming every option that is not valid */
  public constructor(scope: Construct, id: string, props: HardenedPodProps) {
    const { bare, waivers = [], ...options } = props;
    super(scope, id, 'Pod', { ...options, waivers: [{ control: 'bare-pod', ...bare }, ...waivers] });
    const { podMetadata, metadata, ...podProps } = this.podProps();
    this.pod = this.adopt(
      new Pod(this, 'Pod', { ...podProps, metadata: { ...metadata, labels: podMetadata.labels } }),
    );
  }

  protected override inTemplate(manifest: Manifest, change: (pod: k8s.PodSpec) => k8s.PodSpec): Manifest {
    return { ...manifest, spec: change(manifest.spec as k8s.PodSpec) };
  }
}
