/** `keelson check` on what the shared control plane was made from, and on the control plane itself. */
import { join } from 'node:path';
import type { Manifest } from '../../constructs';
import { EXEMPT_NAMESPACES } from '../../policies';
import { clusterOf, type Cluster } from './support/cluster';
import { keelson, PROJECT, SHARED_STATE } from './support/keelson';

interface Report {
  readonly summary: { readonly objects: number };
  readonly findings: readonly {
    readonly control: string;
    readonly resource: { readonly kind: string; readonly namespace: string | null; readonly name: string };
  }[];
}

const NAMESPACE = EXEMPT_NAMESPACES[0]!;
const CANARY = `canary-${process.pid}-${Date.now()}`;
let cluster: Cluster;
beforeAll(async () => {
  cluster = await clusterOf(SHARED_STATE);
});
afterAll(() => cluster.client.close());

test('what synth wrote is clean', async () => {
  const run = await keelson('check', '--format', 'json', join(PROJECT, 'dist'));
  const { findings, summary } = JSON.parse(run.output) as Report;
  expect(findings).toEqual([]);
  expect(summary.objects).toBeGreaterThan(100);
  expect(run.code).toBe(0);
});

test('--live finds in the cluster what somebody put past the policies, and repeats no secret', async () => {
  // In an exempt namespace, where the API server lets it be.
  const path = `/api/v1/namespaces/${NAMESPACE}`;
  const metadata = { name: 'keelson-e2e-check', namespace: NAMESPACE };
  const map: Manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata,
    data: { password: CANARY },
  } as Manifest;
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { key: CANARY } };
  expect((await cluster.client.send({ method: 'POST', path: `${path}/configmaps`, body: map })).status).toBe(
    201,
  );
  expect((await cluster.client.send({ method: 'POST', path: `${path}/secrets`, body: secret })).status).toBe(
    201,
  );
  try {
    const { kubeconfig } = cluster.controlPlane;
    const run = await keelson('check', '--live', '--kubeconfig', kubeconfig, '--format', 'json');
    expect(run.output).not.toContain(CANARY);
    expect(run.output).not.toContain(Buffer.from(CANARY).toString('base64'));
    const { findings } = JSON.parse(run.output) as Report;
    expect(findings).toContainEqual(
      expect.objectContaining({
        control: 'credential-in-config-map',
        resource: expect.objectContaining({ namespace: NAMESPACE, name: metadata.name }) as unknown,
      }),
    );
    expect(findings.filter(({ resource }) => resource.namespace === 'shop')).toEqual([]);
    // The built-in roles are many, and what they grant is the business of Kubernetes.
    const roles = findings.filter(({ resource }) => resource.kind.startsWith('ClusterRole'));
    // Whoever is an administrator by design is let: the groups of the kubeconfig and of broken glass.
    expect(roles.map(({ resource }) => resource.name)).toEqual([]);
    expect(run.code).toBe(1);
  } finally {
    for (const resource of ['configmaps', 'secrets']) {
      await cluster.client.send({ method: 'DELETE', path: `${path}/${resource}/${metadata.name}` });
    }
  }
});
