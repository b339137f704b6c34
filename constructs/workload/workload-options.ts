import type { WaiverGrant } from '../../model';
import type { AbstractPodProps } from '../cdk8s-plus';
import type { HardenedNamespace } from '../namespace/hardened-namespace';
import type { ContainerOptions } from './container-options';

/** A waiver for the workload that carries it, or for one of its containers. */
export interface WorkloadWaiver extends WaiverGrant {
  /** Id of the control that is relaxed. */
  readonly control: string;
  /**
   * The one container it is for.
   *
   * @default - all that the control judges in the workload
   */
  readonly container?: string;
}

/** What every workload is told, whatever its kind. The options of cdk8s-plus mean what they mean there. */
export interface WorkloadOptions
  extends
    ContainerOptions,
    Pick<
      AbstractPodProps,
      'dns' | 'dockerRegistryAuth' | 'hostAliases' | 'initContainers' | 'terminationGracePeriod' | 'volumes'
    > {
  /** The namespace it lives in. */
  readonly namespace: HardenedNamespace;
  /**
   * Name of the workload, its container, its service account and its Service.
   *
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * What is relaxed for it and has no option of its own.
   *
   * @default - nothing
   */
  readonly waivers?: readonly WorkloadWaiver[];
}
