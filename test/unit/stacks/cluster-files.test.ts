import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Chart } from 'cdk8s';
import { KeelsonApp, SelfManagedCluster, type SelfManagedClusterProps } from '../../../constructs';
import { SecretReference } from '../../../constructs/secrets/secret-reference';
import { clusterFiles } from '../../../stacks/cluster-files';
import { DIGEST_FILE, removeSynthesized, synthesize } from '../../../stacks/dist';
import { findFiles } from '../../../cli/input/files';
import { temporaryFolder } from '../support/folders';
import { PROPS } from '../cluster/sample';

function app(outdir: string, props: Partial<SelfManagedClusterProps> = {}, today = '2026-11-26'): KeelsonApp {
  const made = new KeelsonApp({ outdir, today });
  new SelfManagedCluster(made, 'prod', { ...PROPS, ...props });
  return made;
}

test('synth writes what each role and each machine holds, and each file is in the digest list', async () => {
  const folder = join(temporaryFolder(), 'dist');
  await synthesize(app(folder));
  const { files } = JSON.parse(readFileSync(join(folder, DIGEST_FILE), 'utf8')) as {
    files: Record<string, string>;
  };
  for (const name of Object.keys(files)) expect(existsSync(join(folder, name))).toBe(true);
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining([
      'prod.cluster/roles/control-plane/etc/keelson/firewall.nft',
      'prod.cluster/roles/worker/entries.txt',
      'prod.cluster/roles/worker.cloud-init.yaml',
      'prod.cluster/roles/worker.ignition.json',
      'prod.cluster/machines/cp-2/etc/kubernetes/keelson/kubeadm.yaml',
      'prod.cluster/machines/cp-1/etc/kubernetes/keelson/encryption.yaml',
      'prod.cluster/machines/worker-1/etc/kubernetes/keelson/kubeadm.yaml',
    ]),
  );
});

test('a second synth writes the same bytes over the first', async () => {
  const folder = join(temporaryFolder(), 'dist');
  const digests = async () => {
    await synthesize(app(folder));
    return readFileSync(join(folder, DIGEST_FILE), 'utf8');
  };
  expect(await digests()).toBe(await digests());
});

test('what somebody else put among the files of a machine is not replaced, nor removed', async () => {
  const folder = join(temporaryFolder(), 'dist');
  await synthesize(app(folder));
  const foreign = join(folder, 'prod.cluster/machines/cp-1/notes.txt');
  writeFileSync(foreign, 'mine');
  await expect(synthesize(app(folder))).rejects.toThrow('prod.cluster/machines/cp-1/notes.txt');
  removeSynthesized(folder);
  expect(readFileSync(foreign, 'utf8')).toBe('mine');
  expect(existsSync(join(folder, 'prod.cluster/roles'))).toBe(false);
});

test('a digest list that names files elsewhere removes none of them', () => {
  const folder = temporaryFolder();
  const dist = join(folder, 'dist');
  mkdirSync(dist);
  writeFileSync(join(folder, 'precious'), 'x');
  writeFileSync(
    join(dist, DIGEST_FILE),
    JSON.stringify({ files: { '../precious': 'a', [join(folder, 'precious')]: 'b' } }),
  );
  removeSynthesized(dist);
  expect(existsSync(join(folder, 'precious'))).toBe(true);
});

test('a link in the folder is not followed: what it leads to stays', async () => {
  const folder = temporaryFolder();
  const dist = join(folder, 'dist');
  await synthesize(app(dist));
  renameSync(join(dist, 'prod.cluster'), join(folder, 'elsewhere'));
  symlinkSync(join(folder, 'elsewhere'), join(dist, 'prod.cluster'));
  await expect(synthesize(app(dist))).rejects.toThrow('prod.cluster');
  removeSynthesized(dist);
  expect(existsSync(join(folder, 'elsewhere/roles/worker/entries.txt'))).toBe(true);
});

test('a secret is a reference in the list of entries, and in no file', () => {
  const files = clusterFiles(app('unused'));
  const list = files.get('prod.cluster/machines/cp-1/entries.txt')!;
  expect(list).toMatch(/^0600 +root:root +secret +\/etc\/kubernetes\/pki\/ca\.key /m);
  expect([...files.keys()].filter((name) => name.endsWith('.key'))).toEqual([]);
  expect(files.get('prod.cluster/machines/cp-1/etc/kubernetes/keelson/encryption.yaml')).toContain(
    '<secret encryption/key-1>',
  );
});

test('what reads manifests passes the files of machines over', async () => {
  const folder = join(temporaryFolder(), 'dist');
  await synthesize(app(folder));
  expect(findFiles([folder]).files).toEqual([]);
  expect(findFiles([join(folder, 'prod.cluster')]).files.length).toBeGreaterThan(5);
});

test('releases of clusters count: past the end of workers, synth fails', async () => {
  const folder = join(temporaryFolder(), 'dist');
  const props = { kubernetes: '1.36.3', workerKubernetes: '1.35.4' };
  await expect(synthesize(app(folder, props), new Date('2027-03-01T00:00:00Z'))).rejects.toThrow(
    /prod: KubernetesRelease 1\.35 breaks release-supported/,
  );
  expect(existsSync(folder)).toBe(false);
});

test('the network of the one cluster is that of the app, where the app states none', async () => {
  const made = app(join(temporaryFolder(), 'dist'));
  const chart = new Chart(made, 'chart');
  new ApiObject(chart, 'service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] },
  });
  await expect(synthesize(made)).rejects.toThrow(
    /opens TCP 30080 of its node, and the firewall of the nodes closes it/,
  );
});

test('a key of AES-GCM that was used for too long fails synth', async () => {
  const folder = join(temporaryFolder(), 'dist');
  const secret = new SecretReference('encryption/key-1');
  const keys = [{ method: 'aesgcm' as const, name: 'key-1', secret, madeOn: '2026-07-01' }];
  await expect(synthesize(app(folder, { encryption: { keys } }))).rejects.toThrow(
    /prod, encryption at rest, key key-1: It was made 148 days ago/,
  );
});

test('whatever a cluster is in, it is written into the output folder and nowhere else', () => {
  const made = new KeelsonApp();
  new SelfManagedCluster(new Chart(made, '..'), 'prod', PROPS);
  for (const name of clusterFiles(made).keys()) expect(name).toMatch(/^prod\.cluster\//);
});

test('two clusters of one name are refused', () => {
  const made = new KeelsonApp();
  new SelfManagedCluster(new Chart(made, 'a'), 'prod', PROPS);
  new SelfManagedCluster(new Chart(made, 'b'), 'prod', PROPS);
  expect(() => clusterFiles(made)).toThrow("b/prod: Another cluster of the app is called 'prod', too.");
});
