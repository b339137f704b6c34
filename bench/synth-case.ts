/** One case: synthesize N Deployments with their Services; `keelson` or `bare` (cdk8s-plus as it comes). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { Deployment, Namespace } from 'cdk8s-plus-27';
import { HardenedDeployment, HardenedNamespace, KeelsonApp, Port } from '../constructs';
import { synthesize } from '../stacks/dist';
import { report } from './measure';

const [peer, count] = [process.argv[2], Number(process.argv[3])];
const image = `registry.example/app@sha256:${'a'.repeat(64)}`;
const outdir = join(mkdtempSync(join(tmpdir(), 'keelson-bench-')), 'dist');

function bare(): void {
  const app = new App({ outdir });
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  new Namespace(chart, 'shop', { metadata: { name: 'shop' } });
  for (let i = 0; i < count; i++) {
    new Deployment(chart, `app-${i}`, { containers: [{ image, portNumber: 8080 }] }).exposeViaService();
  }
  app.synth();
}

async function hardened(): Promise<void> {
  const app = new KeelsonApp({ outdir });
  const chart = new Chart(app, 'shop');
  const namespace = new HardenedNamespace(chart, 'shop');
  for (let i = 0; i < count; i++) {
    new HardenedDeployment(chart, `app-${i}`, { namespace, image, port: Port.tcp(8080) });
  }
  await synthesize(app);
}

async function main(): Promise<void> {
  const start = performance.now();
  if (peer === 'bare') bare();
  else await hardened();
  report(start);
  rmSync(join(outdir, '..'), { recursive: true });
}

void main();
