/**
 * Manifests that we did not write, through the same path: the add-ons in the Kubernetes sources, read from the Go module
 * that the toolchain builds from. They stand in `kube-system`, which our policies leave alone; here they are moved to a
 * namespace in which the policies judge.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as pulumi from '@pulumi/pulumi';
import { Provider } from '@pulumi/kubernetes/provider';
import { ApiObject, Chart } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { embeddedStack } from '../../cli/embedded-stack';
import { StateFolder } from '../../cli/state-folder';
import { KeelsonApp, renderApp, type Manifest } from '../../constructs';
import { checkObjects, enforceAtSynth, podKindOf } from '../../policies';
import { analyse, keyOf, stepNames } from '../../authorization';
import { ACCESS_BASELINE_FORMAT, KeelsonError, type AccessBaseline } from '../../model';
import { KubernetesApp } from '../../stacks';
import { resolveTools } from '../../toolchain';
import { clusterOf, collectionPath, type Cluster } from './support/cluster';
import { PROJECT, SHARED_STATE } from './support/keelson';

const NAMESPACE = 'keelson-e2e-addons';
let cluster: Cluster;
type Addon = { readonly file: string; readonly manifest: Manifest };

let workloads: readonly Addon[];
/** The rest: what breaks no control, and what does. */
let others: readonly Addon[];
let refused: readonly Addon[];

beforeAll(async () => {
  cluster = await clusterOf(SHARED_STATE);
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await cluster.client.send({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } },
  });
  const all = addons();
  workloads = all.filter(({ manifest }) => podKindOf(manifest) !== undefined);
  const rest = all.filter(({ manifest }) => podKindOf(manifest) === undefined);
  const breaks = ({ file, manifest }: Addon) => checkObjects([{ manifest, source: file }]).length > 0;
  refused = rest.filter(breaks);
  others = rest.filter((addon) => !breaks(addon));
}, 300_000);

afterAll(async () => {
  await cluster.client.send({ method: 'DELETE', path: `/api/v1/namespaces/${NAMESPACE}` });
  cluster.client.close();
});

/** Every object of the add-ons that are plain YAML (some are templates), in a namespace of ours where it has one. */
function addons(): Addon[] {
  const module = execFileSync('go', ['mod', 'download', '-json', 'k8s.io/kubernetes'], {
    cwd: join(PROJECT, 'toolchain', 'modules', 'kubernetes'),
    env: { ...process.env, GOFLAGS: '' },
  });
  const root = join((JSON.parse(module.toString()) as { Dir: string }).Dir, 'cluster', 'addons');
  return readdirSync(root, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      if (/\{\{|__[A-Z_]+__/.test(text)) return [];
      return (
        parseAllDocuments(text)
          .map((document) => document.toJS() as Manifest | null)
          .filter((manifest): manifest is Manifest => manifest?.kind !== undefined)
          // An API service without the pod behind it keeps every namespace of the cluster from being removed.
          .filter(({ kind }) => kind !== 'APIService')
          .map((manifest) => ({ file, manifest: moved(manifest) }))
      );
    });
}

function moved(manifest: Manifest): Manifest {
  const namespaced = manifest.metadata.namespace !== undefined || podKindOf(manifest) !== undefined;
  if (!namespaced) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace: NAMESPACE } };
}

/** The add-ons in a chart, as somebody would `Include` them. */
function appOf(addons: readonly Addon[], access?: AccessBaseline): KeelsonApp {
  const app = new KeelsonApp({ access });
  const chart = new Chart(app, 'addons');
  const seen = new Set<string>();
  addons.forEach(({ manifest }, index) => {
    const identity = [manifest.apiVersion.split('/')[0], manifest.kind, manifest.metadata.name].join('|');
    // Several add-ons bring variants of one object; a cluster can hold one of them.
    if (!seen.has(identity)) new ApiObject(chart, `object-${index}`, { ...manifest });
    seen.add(identity);
  });
  return app;
}

/** What `keelson access --write-baseline` would write of add-ons. */
function accepted(addons: readonly Addon[]): AccessBaseline {
  // Of variants of one object only the first is in the app.
  const { objects } = renderApp(appOf(addons));
  const { paths } = analyse(objects.map(({ manifest, path }) => ({ manifest, source: path })));
  const grant = { owner: 'platform team', reason: 'it resizes what it is deployed with' };
  return {
    format: ACCESS_BASELINE_FORMAT,
    paths: paths.map((path) => ({ subject: keyOf(path.subject), steps: stepNames(path), ...grant })),
  };
}

test('who can become an administrator by them is told, unless a baseline accepts that', () => {
  const scaler = 'User system:serviceaccount:kube-system:fluentd-gcp-scaler';
  const baseline = accepted(others);
  expect(baseline.paths.map(({ subject }) => subject)).toEqual([scaler]);
  const problemsWith = (access?: AccessBaseline): readonly string[] => {
    try {
      enforceAtSynth(renderApp(appOf(others, access)), { now: new Date() });
      return [];
    } catch (error) {
      return (error as KeelsonError).problems.map(({ code, where }) => `${code} ${where}`);
    }
  };
  expect(problemsWith()).toEqual([`access/path ${scaler}`]);
  expect(problemsWith(baseline)).toEqual([]);
});

test('there are some, and they come through the same rendering', () => {
  expect(workloads.length).toBeGreaterThan(5);
  expect(others.length).toBeGreaterThan(20);
  expect(renderApp(appOf(workloads)).objects).toHaveLength(workloads.length);
});

test('the verdict at synth is the verdict of the API server, for each', async () => {
  const verdicts: { object: string; synth: string; server: string; why: string }[] = [];
  for (const { file, manifest } of [...workloads, ...refused]) {
    const findings = checkObjects([{ manifest, source: file }]);
    const answer = await cluster.client.send({
      method: 'POST',
      path: `${await collectionPath(cluster.client, manifest)}?dryRun=All`,
      body: manifest,
    });
    const message = answer.json<{ message?: string }>()?.message ?? '';
    const policy = /ValidatingAdmissionPolicy 'keelson-([^']+)'/.exec(message)?.[1];
    verdicts.push({
      object: `${manifest.kind} ${manifest.metadata.name} (${file})`,
      synth: findings.length > 0 ? 'refused' : 'accepted',
      server:
        answer.status === 201
          ? 'accepted'
          : policy === undefined
            ? `HTTP ${answer.status} ${message}`
            : 'refused',
      why: [...new Set(findings.map(({ control }) => control))].join(', '),
    });
    if (policy !== undefined) expect(findings.map(({ control }) => control)).toContain(policy);
  }
  console.log(
    verdicts.map(({ object, synth, why }) => `${synth}: ${object}${why && ` breaks ${why}`}`).join('\n'),
  );
  expect(verdicts.filter(({ synth, server }) => synth !== server)).toEqual([]);
  expect(verdicts.some(({ synth }) => synth === 'refused')).toBe(true);
});

/** A transform as a user writes it, for any resource of a component. */
const labelSnapshotClasses: pulumi.ResourceTransform = ({ type, props, opts }) => {
  if (!type.endsWith(':VolumeSnapshotClass')) return undefined;
  const labels = { 'example.com/transformed': 'yes' };
  return { props: { ...props, metadata: { ...props.metadata, labels } }, opts };
};

describe('under Pulumi', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-addons-'));
  const state = new StateFolder(folder);
  afterAll(async () => {
    await (await stackOf(() => undefined)).destroy();
    rmSync(folder, { recursive: true, force: true });
  }, 600_000);

  async function stackOf(program: (provider: Provider) => void) {
    const tools = await resolveTools(['pulumi', 'pulumi-resource-kubernetes']);
    return embeddedStack(state, tools, async () => {
      program(new Provider('cluster', { kubeconfig: cluster.controlPlane.kubeconfig }));
    });
  }

  test('what breaks a policy is refused before anything reaches the cluster, with every reason', async () => {
    let refusal: unknown;
    const stack = await stackOf((provider) => {
      try {
        new KubernetesApp('addons', { app: appOf([...others, ...refused, ...workloads]) }, { provider });
      } catch (error) {
        refusal = error;
      }
    });
    await stack.up();
    expect(refusal).toBeInstanceOf(KeelsonError);
    const messages = (refusal as KeelsonError).problems.map(({ message }) => message).join('\n');
    expect(messages).toContain(
      'ip-masq-agent container ip-masq-agent breaks privileged: The container is privileged.',
    );
    const exported = (await stack.exportStack()).deployment as { resources?: { type: string }[] };
    expect((exported.resources ?? []).filter(({ type }) => type.startsWith('kubernetes:'))).toEqual([]);
  }, 600_000);

  test('everything else is provisioned, definitions before their instances, and destroyed again', async () => {
    const instance: Addon = {
      file: 'this test',
      manifest: {
        apiVersion: 'snapshot.storage.k8s.io/v1',
        kind: 'VolumeSnapshotClass',
        metadata: { name: 'keelson-e2e' },
        driver: 'example.com/driver',
        deletionPolicy: 'Delete',
      },
    };
    // The instance stands first in the tree: the order must come from the implied dependency.
    let current = instance;
    const stack = await stackOf((provider) => {
      new KubernetesApp(
        'addons',
        {
          app: appOf([current, ...others], accepted(others)),
          waitForReady: false,
          optionsFor: ({ manifest }) =>
            manifest.kind === 'VolumeSnapshotClass' ? { ignoreChanges: ['deletionPolicy'] } : {},
        },
        { provider, transforms: [labelSnapshotClasses] },
      );
    });
    const { summary } = await stack.up();
    expect(summary.resourceChanges?.create).toBeGreaterThan(20);
    const live = await cluster.client.send({
      path: '/apis/snapshot.storage.k8s.io/v1/volumesnapshotclasses/keelson-e2e',
    });
    expect(live.status).toBe(200);
    const { metadata } = live.json<{ metadata: { labels?: Record<string, string> } }>()!;
    expect(metadata.labels).toEqual({ 'example.com/transformed': 'yes' });
    expect(Object.keys((await stack.preview()).changeSummary)).toEqual(['same']);
    current = { ...instance, manifest: { ...instance.manifest, deletionPolicy: 'Retain' } };
    expect(Object.keys((await stack.preview()).changeSummary)).toEqual(['same']);
    current = { ...instance, manifest: { ...instance.manifest, driver: 'example.com/another' } };
    expect(Object.keys((await stack.preview()).changeSummary)).not.toEqual(['same']);
    current = instance;
    await stack.destroy();
    const gone = await cluster.client.send({
      path: '/apis/snapshot.storage.k8s.io/v1/volumesnapshotclasses',
    });
    expect(gone.status).toBe(404);
  }, 300_000);
});
