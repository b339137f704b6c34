/** What policies must never keep from happening, and ways around them that must stay closed. Every control is enforced. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalControlPlane, stopLocalControlPlane } from '../../local';
import { ApiClient, readKubeconfig } from '../../probes';
import { localTools } from './support/own-control-plane';
import { PolicyCluster } from './support/policy-cluster';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const RESTRICTED = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const WAIVER = {
  owner: 'platform team',
  reason: 'a test of what controllers complete',
  expires: new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString().slice(0, 10),
};

let cluster: PolicyCluster;
beforeAll(async () => {
  cluster = await PolicyCluster.start();
  await cluster.enforce({
    waivers: [
      {
        control: 'persistent-volume-host-path',
        kind: 'PersistentVolume',
        namespace: '',
        name: 'waived',
        ...WAIVER,
      },
    ],
  });
}, 600_000);
afterAll(() => cluster.stop());

const namespace = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: RESTRICTED },
});

async function eventually(what: string, look: () => Promise<boolean>, seconds = 30): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(250)) {
    if (await look()) return;
  }
  throw new Error(`not seen in ${seconds} s: ${what}`);
}

test('the labels of a namespace are judged in its subresources as well', async () => {
  const shop = namespace('shop');
  expect((await cluster.create(shop)).status).toBe(201);
  const weak = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } };
  for (const subresource of ['', '/status']) {
    expect([subresource, (await cluster.patch(shop, weak, subresource)).status]).toEqual([subresource, 403]);
  }
  const live = (await cluster.get(shop)).json<{ metadata: object }>()!;
  const body = { ...live, metadata: { ...live.metadata, ...weak.metadata } };
  const answer = await cluster.client.send({ method: 'PUT', path: '/api/v1/namespaces/shop/finalize', body });
  expect(answer.status).toBe(403);
});

test('a namespace can be removed', async () => {
  const going = namespace('going');
  await cluster.create(going);
  expect((await cluster.remove(going)).status).toBe(200);
  await eventually('the namespace is gone', async () => (await cluster.get(going)).status === 404);
});

test('a role is not exempt for being called system: something, nor is its binding', async () => {
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'system:evil' },
    rules,
  };
  expect((await cluster.create(role)).status).toBe(403);
  const binding = {
    ...role,
    kind: 'ClusterRoleBinding',
    rules: undefined,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:evil' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' }],
  };
  expect((await cluster.create(binding)).status).toBe(403);
  const view = { ...role, metadata: { name: 'view' } };
  expect((await cluster.patch(view, { rules })).status).toBe(403);
});

test('what a controller completes can be waived: a volume is bound', async () => {
  const spec = { capacity: { storage: '1Mi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'manual' };
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'waived' },
    spec: { ...spec, hostPath: { path: '/mnt' } },
  };
  expect((await cluster.create({ ...volume, metadata: { name: 'other' } })).status).toBe(403);
  expect((await cluster.create(volume)).status).toBe(201);
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'claim', namespace: 'shop' },
    spec: {
      accessModes: spec.accessModes,
      storageClassName: 'manual',
      resources: { requests: { storage: '1Mi' } },
    },
  };
  expect((await cluster.create(claim)).status).toBe(201);
  await eventually('the claim is bound', async () => {
    const live = (await cluster.get(claim)).json<{ status?: { phase?: string } }>();
    return live?.status?.phase === 'Bound';
  });
});

test('a ClusterRole that others are aggregated into can be made', async () => {
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { 'example.com/aggregate': 'yes' } }] };
  const role = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'aggregated' },
    aggregationRule,
  };
  expect((await cluster.create(role)).status).toBe(201);
});

test('the API server starts again and makes its built-in roles anew', async () => {
  for (const name of ['admin', 'edit', 'system:node-proxier', 'cluster-admin']) {
    expect(
      (await cluster.client.send({ method: 'DELETE', path: `${RBAC}/clusterroles/${name}` })).status,
    ).toBe(200);
  }
  const { stateDir } = cluster.controlPlane;
  await stopLocalControlPlane(stateDir);
  const again = await startLocalControlPlane({ stateDir, tools: await localTools() });
  const client = new ApiClient(readKubeconfig(again.kubeconfig));
  try {
    await eventually('the role admin holds the rules of others again', async () => {
      const answer = await client.send({ path: `${RBAC}/clusterroles/admin` });
      return (answer.json<{ rules?: unknown[] }>()?.rules?.length ?? 0) > 5;
    });
    expect((await client.send({ path: `${RBAC}/clusterroles/cluster-admin` })).status).toBe(200);
  } finally {
    client.close();
  }
}, 600_000);
