/** One case: `up` of N ConfigMaps on the embedded control plane, through our bridge or through `yaml.v2.ConfigGroup`. */
import { join } from 'node:path';
import { ConfigGroup } from '@pulumi/kubernetes/yaml/v2/configGroup';
import { Provider } from '@pulumi/kubernetes/provider';
import { ApiObject, Chart } from 'cdk8s';
import { embeddedStack } from '../cli/embedded-stack';
import { StateFolder } from '../cli/state-folder';
import { KeelsonApp } from '../constructs';
import { localControlPlane } from '../local';
import { KubernetesApp } from '../stacks';
import { resolveTools } from '../toolchain';
import { report } from './measure';

const [peer, count, stateDir] = [process.argv[2], Number(process.argv[3]), process.argv[4]!];

function configMap(index: number) {
  const metadata = { name: `${peer!.toLowerCase()}-${count}-${index}`, namespace: 'default' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: `value ${index}` } };
}

function program(kubeconfig: string): void {
  const provider = new Provider('bench', { kubeconfig });
  if (peer === 'ConfigGroup') {
    new ConfigGroup('bench', { objs: Array.from({ length: count }, (_, i) => configMap(i)) }, { provider });
    return;
  }
  const app = new KeelsonApp();
  const chart = new Chart(app, 'bench');
  for (let i = 0; i < count; i++) new ApiObject(chart, `object-${i}`, configMap(i));
  new KubernetesApp('bench', { app }, { provider });
}

async function main(): Promise<void> {
  const controlPlane = (await localControlPlane(join(stateDir, 'control-plane')))!;
  // Each case has a Pulumi state of its own, on the one control plane.
  const state = new StateFolder(join(stateDir, `${peer}-${count}`));
  state.create();
  const tools = await resolveTools(['pulumi', 'pulumi-resource-kubernetes']);
  const stack = await embeddedStack(state, tools, async () => program(controlPlane.kubeconfig), true);
  const start = performance.now();
  await stack.up();
  report(start);
  process.exit(0);
}

void main();
