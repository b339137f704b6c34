import { KeelsonApp } from '../../constructs';
import { ApplicationChart } from './application';
import type { ReferenceInputs } from './inputs';
import { PlatformChart } from './platform';

/** The reference stack as a tree of constructs: the one source of the YAML for review and of what Pulumi registers. */
export interface ReferenceStack {
  readonly app: KeelsonApp;
  readonly platform: PlatformChart;
}

/**
 * Builds the program that users start from: a platform and a three-tier application on it.
 *
 * @param inputs images and sizes
 * @param outdir where `synthesize` writes; `dist`, or what cdk8s-cli says, where left out
 * @param app what it is added to, where a cluster is in it already: its network is known to all that comes after
 */
export function referenceStack(
  inputs: ReferenceInputs,
  outdir?: string,
  app = new KeelsonApp({ outdir }),
): ReferenceStack {
  const platform = new PlatformChart(app, 'platform');
  const application = new ApplicationChart(app, 'application', platform.shop, inputs);
  application.addDependency(platform);
  return { app, platform };
}
