/**
 * A program that Pulumi runs and that is refused while it runs. It stands in a process of its own, because such a refusal
 * ends the program by a rejection that nobody handles, as it should. Prints what was registered and why it ended.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as pulumi from '@pulumi/pulumi';
import { ApiObject, Chart } from 'cdk8s';
import { HardenedDeployment } from '../../../constructs';
import { AdmissionPolicies } from '../../../policies';
import { KubernetesApp } from '../../../stacks';
import { appWithNamespace, IMAGE } from './charts';

const registered: { readonly type: string; readonly name: string; readonly inputs: unknown }[] = [];
const reasons = new Set<string>();
process.on('unhandledRejection', (reason) => reasons.add((reason as Error).message));

const CASES: Record<string, () => void> = {
  'policies are not in force': () => {
    const { app, chart, namespace } = appWithNamespace();
    new AdmissionPolicies(new Chart(app, 'policies'), 'admission');
    new HardenedDeployment(chart, 'api', { namespace, image: IMAGE });
    new KubernetesApp('main', {
      app,
      policiesInForce: () => Promise.reject(new Error('The policies are not in force.')),
    });
  },
  'a secret Output in a ConfigMap': () => {
    const { app, chart } = appWithNamespace();
    const data = { region: pulumi.output('eu'), greeting: pulumi.secret('hunter2') };
    new ApiObject(chart, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data });
    new KubernetesApp('main', { app });
  },
};

async function main(): Promise<void> {
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, name, inputs });
      return { id: `id-of-${name}`, state: inputs as Record<string, unknown> };
    },
    call: () => ({}),
  });
  CASES[process.argv[2]!]!();
  for (let waited = 0; reasons.size === 0 && waited < 10_000; waited += 20) await sleep(20);
  // Time for what should have been kept back, but was not.
  await sleep(300);
  // A pipe takes only so much at once: the program ends when all of it is written.
  process.stdout.write(JSON.stringify({ registered, reasons: [...reasons] }), () => process.exit());
}

void main();
