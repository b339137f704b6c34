/**
 * Manifests that we did not write, through the same path: the add-ons in the Kubernetes sources, read from the Go module
 * that the toolchain builds from. They stand in `kube-system`, which our policies leave alone; here they are moved to a
 * namespace in which the policies judge.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Chart } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import { KeelsonApp, renderApp, type Manifest } from '../../constructs';
import { checkObjects, podKindOf } from '../../policies';
import { clusterOf, collectionPath, type Cluster } from './support/cluster';
import { PROJECT, SHARED_STATE } from './support/keelson';

const NAMESPACE = 'keelson-e2e-addons';
let cluster: Cluster;
let workloads: { file: string; manifest: Manifest }[];

beforeAll(async () => {
  cluster = await clusterOf(SHARED_STATE);
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  await cluster.client.send({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } },
  });
  workloads = addons();
}, 300_000);

afterAll(async () => {
  await cluster.client.send({ method: 'DELETE', path: `/api/v1/namespaces/${NAMESPACE}` });
  cluster.client.close();
});

/** Every add-on that is plain YAML (some are templates) and starts pods. */
function addons(): { file: string; manifest: Manifest }[] {
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
      return parseAllDocuments(text)
        .map((document) => document.toJS() as Manifest | null)
        .filter(
          (manifest): manifest is Manifest =>
            manifest?.kind !== undefined && podKindOf(manifest) !== undefined,
        )
        .map((manifest) => ({
          file,
          manifest: { ...manifest, metadata: { ...manifest.metadata, namespace: NAMESPACE } },
        }));
    });
}

test('there are some, and they come through the same rendering', () => {
  expect(workloads.length).toBeGreaterThan(5);
  const app = new KeelsonApp();
  const chart = new Chart(app, 'addons');
  workloads.forEach(({ manifest }, index) => new ApiObject(chart, `object-${index}`, { ...manifest }));
  const rendered = renderApp(app);
  expect(rendered.objects).toHaveLength(workloads.length);
});

test('the verdict at synth is the verdict of the API server, for each', async () => {
  const verdicts: { object: string; synth: string; server: string; why: string }[] = [];
  for (const { file, manifest } of workloads) {
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
