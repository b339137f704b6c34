import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../constructs';
import type { Waiver } from '../../model';
import { CONTROLS, POD_KINDS, wrapPod } from '../../policies';
import { PolicyCluster } from './support/policy-cluster';

const CONTROL = CONTROLS.filter(({ id }) => id === 'privileged');
const NAMESPACE = 'waived';
const kindOf = (name: string) => POD_KINDS.find(({ kind }) => kind === name)!;

let cluster: PolicyCluster;
beforeAll(async () => {
  cluster = await PolicyCluster.start();
  await cluster.namespace(NAMESPACE);
}, 600_000);
afterAll(async () => {
  await cluster.stop();
});

/** What the API server adds to an object's metadata. */
type LiveMetadata = Manifest['metadata'] & {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly managedFields: readonly object[];
  readonly ownerReferences: readonly Readonly<Record<'apiVersion' | 'kind' | 'name' | 'uid', string>>[];
};

const container = (name: string, privileged = true) => ({
  name,
  image: `registry.example/${name}:1`,
  securityContext: { privileged },
});

function workload(kind: string, name: string, ...containers: object[]): Manifest {
  const job = kind === 'Job' || kind === 'CronJob' ? { restartPolicy: 'Never' } : {};
  return wrapPod(kindOf(kind), { ...job, containers }, name, NAMESPACE);
}

/** A waiver for the rest of the day, unless it says otherwise. */
function waiver(kind: string, name: string, more: Partial<Waiver> = {}): Waiver {
  return {
    control: 'privileged',
    kind,
    namespace: NAMESPACE,
    name,
    owner: 'platform team',
    reason: 'reads the devices of its node',
    expires: day(1),
    ...more,
  };
}

/** The day that is so many days from now. */
function day(offset: number): string {
  return new Date(Date.now() + offset * 24 * 3600 * 1000).toISOString().slice(0, 10);
}

/** The objects of a kind that carry the label which `wrapPod` gives. */
async function made(kind: string, app: string): Promise<Manifest[]> {
  const path = { Pod: '/api/v1', ReplicaSet: '/apis/apps/v1', Job: '/apis/batch/v1' }[kind];
  const answer = await cluster.client.send({
    path: `${path}/namespaces/${NAMESPACE}/${kind.toLowerCase()}s?labelSelector=app%3D${app}`,
  });
  return answer.json<{ items: Manifest[] }>()!.items.map((item) => ({
    ...item,
    apiVersion: `${path!.replace(/^\/apis?\//, '')}`,
    kind,
  }));
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>, seconds = 20): Promise<T> {
  for (const deadline = Date.now() + seconds * 1000; Date.now() < deadline; await sleep(250)) {
    const seen = await look();
    if (seen !== undefined) return seen;
  }
  throw new Error(`not seen in ${seconds} s: ${what}`);
}

describe('while a waiver holds', () => {
  beforeAll(async () => {
    await cluster.enforce({
      controls: CONTROL,
      waivers: [
        waiver('Deployment', 'agent', { container: 'agent' }),
        waiver('StatefulSet', 'store'),
        waiver('CronJob', 'nightly'),
        waiver('Pod', 'other', { namespace: 'elsewhere' }),
      ],
    });
  });

  test('what it does not name is refused', async () => {
    for (const manifest of [
      workload('Deployment', 'someone', container('agent')),
      workload('DaemonSet', 'agent', container('agent')),
      workload('Pod', 'agent', container('agent')),
      workload('Pod', 'other', container('agent')),
    ]) {
      const answer = await cluster.create(manifest);
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('privileged: container agent: The container is privileged.');
    }
  });

  test('the workload is admitted, and so are the pods that the controllers make of it', async () => {
    expect((await cluster.create(workload('Deployment', 'agent', container('agent')))).status).toBe(201);
    const pods = await eventually('a pod of the Deployment', async () => {
      const found = await made('Pod', 'agent');
      return found.length > 0 ? found : undefined;
    });
    expect(pods[0]!.spec).toMatchObject({ containers: [{ securityContext: { privileged: true } }] });
    expect((await cluster.create(workload('StatefulSet', 'store', container('c')))).status).toBe(201);
    await eventually('a pod of the StatefulSet', async () => (await made('Pod', 'store'))[0]);
  });

  test('another container beside it is refused by name', async () => {
    const both = workload('Deployment', 'agent', container('agent'), container('helper'));
    const answer = await cluster.create(both, '?dryRun=All');
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('container helper:');
    expect(answer.body).not.toContain('container agent');
  });

  test('who pretends to be the work of a controller is refused', async () => {
    const [replicaSet] = await made('ReplicaSet', 'agent');
    const owner = (kind: string, name: string) => ({
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind,
          name,
          uid: (replicaSet!.metadata as LiveMetadata).uid,
          controller: true,
        },
      ],
    });
    const labels = replicaSet!.metadata.labels;
    const pod = workload('Pod', 'forged', container('agent'));
    const set = workload('ReplicaSet', 'agent-forged', container('agent'));
    const forged = [
      { ...pod, metadata: { ...pod.metadata, labels, ...owner('ReplicaSet', replicaSet!.metadata.name!) } },
      { ...set, metadata: { ...set.metadata, ...owner('Deployment', 'agent') } },
    ];
    for (const manifest of forged) expect((await cluster.create(manifest)).status).toBe(403);
  });

  test('an update that leaves the pod alone passes, whatever it was waived', async () => {
    const agent = workload('Deployment', 'agent', container('agent'));
    expect((await cluster.patch(agent, { metadata: { labels: { note: 'x' } } })).status).toBe(200);
    expect((await cluster.patch(agent, { spec: { replicas: 2 } })).status).toBe(200);
  });

  test('an update of the pod does not get by with the waiver, however its clock is forged', async () => {
    const agent = workload('Deployment', 'agent', container('agent'));
    const live = (await cluster.get(agent)).json<Manifest>()!;
    const changed = { spec: { template: { spec: { containers: [{ name: 'agent', image: 'other:2' }] } } } };
    expect((await cluster.patch(agent, changed)).status).toBe(403);

    const spec = structuredClone(live.spec) as {
      template: { spec: { containers: Record<string, unknown>[]; terminationGracePeriodSeconds?: number } };
    };
    spec.template.spec.terminationGracePeriodSeconds = 1;
    const future = new Date(Date.now() + 3600_000).toISOString();
    const times = [
      (live.metadata as LiveMetadata).managedFields,
      [{}],
      [],
      (live.metadata as LiveMetadata).managedFields.map((entry) => ({ ...entry, time: future })),
    ];
    for (const managedFields of times) {
      const metadata = {
        ...live.metadata,
        resourceVersion: undefined,
        managedFields,
        creationTimestamp: future,
      };
      const answer = await cluster.replace({ ...live, metadata, spec } as Manifest);
      expect([answer.status, answer.body.includes('privileged')]).toEqual([403, true]);
    }
  });

  test('an update that only takes something away does not, either', async () => {
    const env = [{ name: 'A', value: 'a' }];
    const set = workload('StatefulSet', 'store', { ...container('c'), env });
    await cluster.remove(set);
    expect((await cluster.create(set)).status).toBe(201);
    const live = (await cluster.get(set)).json<Manifest>()!;
    const less = structuredClone(live.spec) as { template: { spec: { containers: { env?: unknown }[] } } };
    delete less.template.spec.containers[0]!.env;
    const metadata = { ...live.metadata, resourceVersion: undefined };
    expect((await cluster.replace({ ...live, metadata, spec: less } as Manifest)).status).toBe(403);
  });

  test('an update that puts it right passes', async () => {
    const store = workload('StatefulSet', 'store', container('c', false));
    const live = (await cluster.get(store)).json<Manifest>()!;
    const metadata = { ...live.metadata, resourceVersion: undefined };
    const spec = { ...(live.spec as object), ...specOf(store) };
    const answer = await cluster.replace({ ...live, metadata, spec } as Manifest);
    expect(answer.status).toBe(200);
  });

  test('a waived pod gets no privileged ephemeral container, and neither does a sound one', async () => {
    const [waived] = await made('Pod', 'agent');
    const bare = workload('Pod', 'sound', container('c', false));
    // A pod whose owner is not there would be collected at once.
    const [owner] = (waived!.metadata as LiveMetadata).ownerReferences;
    const { apiVersion, kind, name, uid } = owner!;
    const ownerReferences = [{ apiVersion, kind, name, uid }];
    const sound = { ...bare, metadata: { ...bare.metadata, ownerReferences } } as Manifest;
    expect((await cluster.create(sound)).status).toBe(201);
    const add = (privileged: boolean) => ({
      spec: { ephemeralContainers: [{ ...container('debug', privileged) }] },
    });
    for (const pod of [sound, waived!]) {
      const answer = await cluster.patch(pod, add(true), '/ephemeralcontainers');
      expect([answer.status, /container (agent, )?debug:/.test(answer.body)]).toEqual([403, true]);
    }
    expect((await cluster.patch(sound, add(false), '/ephemeralcontainers')).status).toBe(200);
  });

  test('the Jobs and pods of a waived CronJob are admitted', async () => {
    const nightly = workload('CronJob', 'nightly', container('c'));
    const everyMinute = { ...nightly, spec: { ...(nightly.spec as object), schedule: '* * * * *' } };
    expect((await cluster.create(everyMinute)).status).toBe(201);
    await eventually('a pod of the CronJob', async () => (await made('Pod', 'nightly'))[0], 75);
    expect((await cluster.remove(everyMinute)).status).toBe(200);
  }, 300_000);
});

function specOf({ spec }: Manifest): object {
  return { template: (spec as { template: object }).template };
}

describe('the day after', () => {
  beforeAll(async () => {
    await cluster.enforce({
      controls: CONTROL,
      waivers: [waiver('Deployment', 'agent', { container: 'agent', expires: day(-1) })],
    });
  });

  test('what is made anew is refused', async () => {
    const agent = workload('Deployment', 'agent', container('agent'));
    expect((await cluster.create(agent, '?dryRun=All')).status).toBe(403);
  });

  test('a pod that goes away does not come back', async () => {
    const [pod] = await made('Pod', 'agent');
    expect((await cluster.remove(pod!)).status).toBe(200);
    const said = await eventually('the ReplicaSet says why', async () => {
      const [replicaSet] = await made('ReplicaSet', 'agent');
      const { conditions = [] } = (replicaSet?.status ?? {}) as {
        conditions?: { type: string; message: string }[];
      };
      return conditions.find(({ type }) => type === 'ReplicaFailure')?.message;
    });
    expect(said).toContain('privileged');
  });

  test('what is there can be labelled, scaled and removed, finalizers and all', async () => {
    const agent = workload('Deployment', 'agent', container('agent'));
    const finalizers = ['keelson.dev/test'];
    expect((await cluster.patch(agent, { metadata: { finalizers } })).status).toBe(200);
    expect((await cluster.patch(agent, { spec: { replicas: 0 } })).status).toBe(200);
    expect((await cluster.remove(agent)).status).toBe(200);
    const patch = { metadata: { finalizers: null } };
    const answer = await cluster.client.send({
      method: 'PATCH',
      path: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/agent`,
      contentType: 'application/merge-patch+json',
      body: patch,
    });
    expect(answer.status).toBe(200);
    expect((await cluster.get(agent)).status).toBe(404);
  });
});

describe('the modes of a control that is being introduced', () => {
  beforeAll(async () => {
    for (const name of ['trial', 'watched']) await cluster.namespace(name);
    await cluster.enforce({
      controls: CONTROL,
      rollouts: [
        { mode: 'warn', namespaces: ['trial'], reason: 'until the agents are rebuilt' },
        { mode: 'audit', namespaces: ['watched'], reason: 'until the agents are rebuilt' },
      ],
    });
  });
  const inNamespace = (namespace: string): Manifest => ({
    ...workload('Pod', 'p', container('c')),
    metadata: { name: 'p', namespace },
  });

  test('warn lets it pass with a warning', async () => {
    const answer = await cluster.create(inNamespace('trial'));
    expect(answer.status).toBe(201);
    expect(answer.warnings.join()).toContain('container c: The container is privileged.');
  });

  test('audit lets it pass and notes it in the audit log', async () => {
    const answer = await cluster.create(inNamespace('watched'));
    expect(answer.status).toBe(201);
    expect(answer.warnings.filter((warning) => warning.includes('keelson'))).toEqual([]);
    await eventually('the audit event', async () => {
      const noted = readFileSync(cluster.controlPlane.auditLog, 'utf8')
        .split('\n')
        .filter((line) => line.includes('"namespace":"watched"') && line.includes('keelson-privileged'));
      return noted.length > 0 ? noted : undefined;
    });
  });

  test('everywhere else it is refused', async () => {
    expect((await cluster.create(inNamespace('default'))).status).toBe(403);
  });
});
