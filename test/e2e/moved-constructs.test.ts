/** Whether objects of the cluster stay what they are while the constructs, names and versions that declare them change. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ComponentResource } from '@pulumi/pulumi';
import { Provider } from '@pulumi/kubernetes/provider';
import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { embeddedStack } from '../../cli/embedded-stack';
import { StateFolder } from '../../cli/state-folder';
import { KeelsonApp, renderApp } from '../../constructs';
import { KubernetesApp } from '../../stacks';
import { resourceInputs } from '../../stacks/bridge/inputs';
import { KubernetesObject, pulumiType } from '../../stacks/bridge/kubernetes-object';
import { resolveTools } from '../../toolchain';
import { clusterOf, objectPath, type Cluster } from './support/cluster';
import { SHARED_STATE } from './support/keelson';

const NAMESPACE = 'keelson-e2e-moved';
const folder = mkdtempSync(join(tmpdir(), 'keelson-moved-'));
const state = new StateFolder(folder);
let cluster: Cluster;

/** Where the constructs stand, and what they declare. */
interface Declared {
  readonly chart?: string;
  readonly construct?: string;
  readonly name?: string;
  readonly autoscaling?: 'v1' | 'v2';
}

/** A ConfigMap and an autoscaler, of a kind that the API server has in two versions. */
function appOf({ chart = 'shop', construct = 'web', name = 'settings', autoscaling = 'v1' }: Declared) {
  const app = new KeelsonApp();
  const parent = new Construct(new Chart(app, chart), construct);
  const metadata = { name, namespace: NAMESPACE };
  new ApiObject(parent, 'map', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: 'value' } });
  new ApiObject(parent, 'scaler', {
    apiVersion: `autoscaling/${autoscaling}`,
    kind: 'HorizontalPodAutoscaler',
    metadata: { ...metadata, name: 'scaler' },
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  });
  return app;
}

function bridged(app: KeelsonApp, provider: Provider): void {
  new KubernetesApp('moved', { app, waitForReady: false }, { provider });
}

/** What this bridge was before: resources by construct path. */
function byPath(app: KeelsonApp, provider: Provider): void {
  const component = new ComponentResource('keelson:stacks:KubernetesApp', 'moved', {}, { provider });
  for (const { path, objects } of renderApp(app).charts) {
    const parent = new ComponentResource('keelson:stacks:Chart', `moved/${path}`, {}, { parent: component });
    for (const object of objects) {
      const inputs = resourceInputs(object, false, Promise.resolve());
      new KubernetesObject(pulumiType(object.manifest), object.path, inputs, { parent });
    }
  }
}

async function stackOf(program: (provider: Provider) => void) {
  const tools = await resolveTools(['pulumi', 'pulumi-resource-kubernetes']);
  return embeddedStack(state, tools, async () => {
    program(new Provider('cluster', { kubeconfig: cluster.controlPlane.kubeconfig }));
  });
}

/** Provisions it. @returns what became of its objects, by the kind of step, without those that stayed as they were */
async function up(declared: Declared, program = bridged) {
  const steps: string[] = [];
  const stack = await stackOf((provider) => program(appOf(declared), provider));
  await stack.up({
    onEvent: ({ resOutputsEvent }) => {
      const { op, type } = resOutputsEvent?.metadata ?? {};
      if (op !== undefined && op !== 'same' && type!.startsWith('kubernetes:'))
        steps.push(`${op} ${type!.slice(type!.lastIndexOf(':') + 1)}`);
    },
  });
  return steps.sort();
}

/** The uid of each object that is there, by `kind name`. */
async function uids(...names: readonly string[]): Promise<Record<string, string | undefined>> {
  const found: Record<string, string | undefined> = {};
  for (const { manifest } of names.flatMap((name) => renderApp(appOf({ name })).objects)) {
    const answer = await cluster.client.send({ path: await objectPath(cluster.client, manifest) });
    const { uid } = answer.json<{ metadata: { uid?: string } }>()!.metadata;
    found[`${manifest.kind} ${manifest.metadata.name}`] = uid;
  }
  return found;
}

beforeAll(async () => {
  state.create();
  cluster = await clusterOf(SHARED_STATE);
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } };
  const made = await cluster.client.send({ method: 'POST', path: '/api/v1/namespaces', body: namespace });
  expect(made.status).toBe(201);
});

afterAll(async () => {
  await (await stackOf(() => undefined)).destroy();
  await cluster.client.send({ method: 'DELETE', path: `/api/v1/namespaces/${NAMESPACE}` });
  cluster.client.close();
  rmSync(folder, { recursive: true, force: true });
}, 600_000);

test('a state of resources by construct path is taken over as it is', async () => {
  expect(await up({}, byPath)).toEqual(['create ConfigMap', 'create HorizontalPodAutoscaler']);
  const before = await uids('settings');
  expect(Object.values(before)).not.toContain(undefined);
  expect(await up({})).toEqual([]);
  expect(await uids('settings')).toEqual(before);
}, 600_000);

test('a construct that moves, in its chart and to another one, leaves its objects alone', async () => {
  const before = await uids('settings');
  expect(await up({ construct: 'moved' })).toEqual([]);
  expect(await up({ chart: 'another', construct: 'moved' })).toEqual([]);
  expect(await uids('settings')).toEqual(before);
}, 600_000);

test('another version of a kind is the same object', async () => {
  const before = await uids('settings');
  expect(await up({ autoscaling: 'v2' })).toEqual(['update HorizontalPodAutoscaler']);
  expect(await uids('settings')).toEqual(before);
}, 600_000);

test('an object of another name is another one, and the former goes', async () => {
  const before = await uids('settings');
  expect(await up({ autoscaling: 'v2', name: 'others' })).toEqual(['create ConfigMap', 'delete ConfigMap']);
  const after = await uids('settings', 'others');
  expect(after['ConfigMap settings']).toBeUndefined();
  expect(after['ConfigMap others']).toBeDefined();
  expect(after['HorizontalPodAutoscaler scaler']).toBe(before['HorizontalPodAutoscaler scaler']);
}, 600_000);
