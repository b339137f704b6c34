import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { KeelsonApp, type Manifest } from '../../constructs';
import { localControlPlane } from '../../local';
import { referenceStack, REFERENCE_DEFAULTS, synthesize, type DigestList } from '../../stacks';
import { resolveTools } from '../../toolchain';
import { embeddedStack } from '../../cli/embedded-stack';
import { StateFolder } from '../../cli/state-folder';
import { provision } from '../../stacks/program';
import { clusterOf, objectPath, type Cluster } from './support/cluster';
import { differences } from '../../probes/differences';
import { keelson, PROJECT, SHARED_STATE } from './support/keelson';

const DIST = join(PROJECT, 'dist');
const state = new StateFolder(SHARED_STATE);
let cluster: Cluster;

beforeAll(async () => {
  cluster = await clusterOf(SHARED_STATE);
});
afterAll(() => cluster.client.close());

function reviewed(): Manifest[] {
  return readdirSync(DIST)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) =>
      parseAllDocuments(readFileSync(join(DIST, name), 'utf8')).map((d) => d.toJS() as Manifest),
    );
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('the reviewed YAML and the live cluster', () => {
  test('every object is there, with every field that was set', async () => {
    const objects = reviewed();
    expect(objects.length).toBeGreaterThan(25);
    const found: Record<string, string[]> = {};
    for (const manifest of objects) {
      const answer = await cluster.client.send({ path: await objectPath(cluster.client, manifest) });
      expect([manifest.kind, manifest.metadata.name, answer.status]).toEqual([
        manifest.kind,
        manifest.metadata.name,
        200,
      ]);
      const different = differences(manifest, answer.json());
      if (different.length > 0) found[`${manifest.kind} ${manifest.metadata.name}`] = different;
    }
    expect(found).toEqual({});
  });

  test('the comparison would see a field that differs', () => {
    const [manifest] = reviewed();
    expect(differences({ ...manifest, spec: { changed: 1 } }, manifest)).not.toEqual([]);
  });

  test('a second up changes nothing', async () => {
    const run = await keelson('up');
    expect(run.code).toBe(0);
    expect(run.output).toMatch(/Provisioned: +\d+ same\n/);
  });

  test('what Pulumi would register has the digests of the reviewed files, and a preview shows no change', async () => {
    const digests = JSON.parse(readFileSync(join(DIST, 'digests.json'), 'utf8')) as DigestList;
    const tools = await resolveTools(['pulumi', 'pulumi-resource-kubernetes']);
    const controlPlane = (await localControlPlane(state.controlPlane))!;
    const settings = {
      kubeconfig: controlPlane.kubeconfig,
      waitForReady: false,
      reference: REFERENCE_DEFAULTS,
    };
    const stack = await embeddedStack(state, tools, async () => ({
      ...provision(settings, { databasePassword: state.secret('database-password').value }),
    }));
    const { changeSummary } = await stack.preview();
    expect(Object.keys(changeSummary)).toEqual(['same']);
    const { app } = referenceStack(REFERENCE_DEFAULTS, join(state.pulumi, 'synth-again'));
    const again = await synthesize(app);
    expect(Object.fromEntries(again.objects.map(({ path, digest }) => [path, digest]))).toEqual(
      digests.objects,
    );
    expect(app).toBeInstanceOf(KeelsonApp);
  });
});

describe('the application', () => {
  interface Pods {
    readonly items: readonly { readonly metadata: { readonly labels: Readonly<Record<string, string>> } }[];
  }

  test('is admitted: each pod is there, in a namespace that enforces restricted, under all policies', async () => {
    const namespace = await cluster.client.send({ path: '/api/v1/namespaces/shop' });
    const { labels } = namespace.json<{ metadata: { labels: Record<string, string> } }>()!.metadata;
    expect(labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
    const workloads = async (): Promise<readonly string[]> => {
      const { items } = (await cluster.client.send({ path: '/api/v1/namespaces/shop/pods' })).json<Pods>()!;
      return items.map(({ metadata }) => metadata.labels['keelson.dev/workload']!).sort();
    };
    const wanted = ['api', 'api', 'database', 'web', 'web'];
    // Controllers make them a moment after their workloads are there.
    for (let tries = 0; tries < 60 && (await workloads()).length < wanted.length; tries++)
      await new Promise((done) => setTimeout(done, 500));
    expect(await workloads()).toEqual(wanted);
  });

  test('has its place: the namespaces of Kubernetes itself take no pod', async () => {
    const image = `registry.example/app@sha256:${'a'.repeat(64)}`;
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'stray', namespace: 'kube-public' },
      spec: { containers: [{ name: 'c', image }] },
    };
    const answer = await cluster.client.send({
      method: 'POST',
      path: '/api/v1/namespaces/kube-public/pods?dryRun=All',
      body: pod,
    });
    expect(answer.status).toBe(403);
    const quota = await cluster.client.send({ path: '/api/v1/namespaces/kube-public/resourcequotas/empty' });
    expect(quota.json<{ spec: object }>()!.spec).toEqual({ hard: { pods: '0' } });
  });
});

describe('the secret value', () => {
  test('is in the Secret of the cluster, and nowhere else', async () => {
    const canary = state.secret('database-password').value;
    const answer = await cluster.client.send({
      path: '/api/v1/namespaces/shop/secrets/database-credentials',
    });
    const stored = answer.json<{ data: Record<string, string> }>()!.data.password!;
    expect(Buffer.from(stored, 'base64').toString()).toBe(canary);

    const forms = [canary, stored, JSON.stringify(canary).slice(1, -1)].map((form) => Buffer.from(form));
    const kept = state.secret('database-password').file;
    const files = [...filesBelow(DIST), ...filesBelow(SHARED_STATE)].filter((file) => file !== kept);
    expect(files.some((file) => file.includes(join('pulumi', 'state')))).toBe(true);
    expect(files.some((file) => file.endsWith('audit.log'))).toBe(true);
    const leaks = files.filter((file) => {
      const content = readFileSync(file);
      return forms.some((form) => content.includes(form));
    });
    expect(leaks).toEqual([]);

    const run = await keelson('up');
    expect(run.output).not.toContain(canary);
    const arguments_ = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        } catch {
          return '';
        }
      });
    expect(arguments_.filter((line) => forms.some((form) => line.includes(form.toString())))).toEqual([]);
  });

  test('and every key is kept in a file that only its owner can read', () => {
    const keys = filesBelow(SHARED_STATE).filter((file) =>
      /\.key$|\.conf$|passphrase$|password$|encryption/.test(file),
    );
    expect(keys.length).toBeGreaterThan(5);
    expect(keys.filter((file) => (statSync(file).mode & 0o077) !== 0)).toEqual([]);
  });
});
