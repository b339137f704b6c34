import { Chart } from 'cdk8s';
import {
  HardenedNamespace,
  KeelsonApp,
  renderApp,
  type Manifest,
  type RenderedObject,
} from '../../../constructs';
import type { k8s } from '../../../constructs/cdk8s-plus';

/** An image as a construct wants it: with its digest. */
export const IMAGE = `registry.example/app:1.0@sha256:${'a'.repeat(64)}`;

/** An app with one chart, `chart`. */
export function appWithChart(outdir?: string): { readonly app: KeelsonApp; readonly chart: Chart } {
  const app = new KeelsonApp({ outdir });
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
