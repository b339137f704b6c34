import { ApiObject, Chart, type ApiObjectProps } from 'cdk8s';
import { KeelsonApp, renderApp, type KeelsonAppProps, type Manifest } from '../../../constructs';
import { harden, type HardenOptions, type HardeningChange, type HardeningDecision } from '../../../policies';

/** An object of somebody else after `harden`, and what that says of it. */
export interface Hardened {
  readonly manifest: Manifest;
  readonly changes: readonly HardeningChange[];
  readonly decisions: readonly HardeningDecision[];
  readonly text: string;
}

/** Puts an object through `harden` in an app of its own. */
export function hardened(manifest: Manifest, props: KeelsonAppProps = {}, options?: HardenOptions): Hardened {
  const app = new KeelsonApp(props);
  const chart = new Chart(app, 'theirs');
  new ApiObject(chart, 'object', manifest as ApiObjectProps);
  const hardening = harden(chart, options);
  return {
    manifest: renderApp(app).objects[0]!.manifest,
    changes: hardening.changes(),
    decisions: hardening.decisions(),
    text: hardening.text(),
  };
}
