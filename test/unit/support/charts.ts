import { Chart } from 'cdk8s';
import {
  HardenedNamespace,
  KeelsonApp,
  renderApp,
  type Manifest,
  type RenderedObject,
} from '../../../constructs';
import type { k8s } from '../../../constructs/cdk8s-plus';
import type { ClusterNetwork } from '../../../model';

/** An image as a construct wants it: with its digest. */
export const IMAGE = `registry.example/app:1.0@sha256:${'a'.repeat(64)}`;

/** A network that says everything; no address of it is anybody's. */
export const NETWORK: ClusterNetwork = {
  pods: ['10.244.0.0/16', 'fd00:10:244::/56'],
  services: ['10.96.0.0/12', 'fd00:10:96::/112'],
  nodes: ['192.0.2.0/24'],
  apiServer: {
    service: [{ address: '10.96.0.1', port: 443 }],
    endpoints: [
      { address: '192.0.2.10', port: 6443 },
      { address: '192.0.2.11', port: 6443 },
    ],
  },
};

/** An app with one chart, `chart`. */
export function appWithChart(
  outdir?: string,
  network?: ClusterNetwork,
): { readonly app: KeelsonApp; readonly chart: Chart } {
  const app = new KeelsonApp({ outdir, network });
  return { app, chart: new Chart(app, 'chart') };
}

/** An app with one chart and in it the namespace `shop`. */
export function appWithNamespace(outdir?: string): {
  readonly app: KeelsonApp;
  readonly chart: Chart;
  readonly namespace: HardenedNamespace;
} {
  const { app, chart } = appWithChart(outdir);
  return { app, chart, namespace: new HardenedNamespace(chart, 'shop') };
}

/** The rendered object of this kind and name. */
export function rendered(app: KeelsonApp, kind: string, name: string): RenderedObject {
  const found = renderApp(app).objects.filter(
    ({ manifest }) => manifest.kind === kind && manifest.metadata.name === name,
  );
  if (found.length !== 1) throw new Error(`There are ${found.length} objects ${kind} ${name}.`);
  return found[0]!;
}

/** The manifest of this kind and name. */
export function manifestOf(app: KeelsonApp, kind: string, name: string): Manifest {
  return rendered(app, kind, name).manifest;
}

/** The pod of the Deployment of this name. */
export function podOf(app: KeelsonApp, name: string): k8s.PodSpec {
  const spec = manifestOf(app, 'Deployment', name).spec as { template: { spec: k8s.PodSpec } };
  return spec.template.spec;
}
