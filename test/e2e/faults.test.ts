import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { embeddedStack } from '../../cli/embedded-stack';
import { StateFolder } from '../../cli/state-folder';
import { resolveTools } from '../../toolchain';
import { clusterOf } from './support/cluster';
import { keelson, startKeelson, type Run } from './support/keelson';

const folder = mkdtempSync(join(tmpdir(), 'keelson-faults-'));
const stateDir = join(folder, 'state');
const output = join(folder, 'dist');
const FOLDERS = ['--state-dir', stateDir, '--output', output];

afterAll(async () => {
  await keelson('down', ...FOLDERS);
  rmSync(folder, { recursive: true, force: true });
});

/** Ids of running processes that name a folder on their command line. */
function processesOf(path: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(path);
    } catch {
      return false;
    }
  });
}

/** A message for a person: one line for each problem, with its code, and no stack. */
function expectOneSentence(run: Run, code: string): void {
  expect(run.code).toBe(1);
  const lines = run.output.trim().split('\n');
  expect(lines[lines.length - 1]).toContain(`[${code}]`);
  expect(run.output).not.toMatch(/^\s+at /m);
}

test('a state folder that cannot be written', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const run = await keelson('up', '--state-dir', join(file, 'state'), '--output', output);
  expectOneSentence(run, 'cli/state');
  expect(existsSync(output)).toBe(false);
});

test('a tool setting that is wrong', async () => {
  const run = await startKeelson(['up', ...FOLDERS], { KEELSON_ETCD: join(folder, 'no-such-tool') }).ended;
  expect(run.code).toBe(1);
  expect(run.output).toContain('KEELSON_ETCD');
  expect(processesOf(stateDir)).toEqual([]);
});

test('a wrong option', async () => {
  const run = await keelson('up', '--no-such-option');
  expect(run.code).toBe(2);
});

test('an interrupt while provisioning stops everything that this run started', async () => {
  const command = startKeelson(['up', ...FOLDERS]);
  await command.seen(/^\+ ValidatingAdmissionPolicy/m);
  command.child.kill('SIGINT');
  const run = await command.ended;
  expect(run.code).toBe(130);
  expect(run.output).toContain('Interrupted.');
  expect(processesOf(stateDir)).toEqual([]);
}, 600_000);

test('the API server killed while provisioning: the run fails, and the next one converges', async () => {
  const command = startKeelson(['up', ...FOLDERS]);
  await command.seen(/^[+~] ValidatingAdmissionPolicy|^\+ Namespace|provisioning the reference stack/m);
  const { controlPlane, client } = await clusterOf(stateDir);
  client.close();
  process.kill(controlPlane.processes.find(({ name }) => name === 'kube-apiserver')!.pid, 'SIGKILL');
  const broken = await command.ended;
  expect(broken.code).not.toBe(0);
  expect(processesOf(stateDir)).toEqual([]);

  const again = await keelson('up', ...FOLDERS);
  expect(again.output).toContain('0 failed');
  expect(again.code).toBe(0);
}, 300_000);

test('objects that were created but not recorded, because the run broke off between the two, are taken up again', async () => {
  const state = new StateFolder(stateDir);
  const tools = await resolveTools(['pulumi', 'pulumi-resource-kubernetes']);
  const stack = await embeddedStack(state, tools, async () => ({}));
  const exported = await stack.exportStack();
  const { resources } = exported.deployment as { resources: { type: string }[] };
  const kept = resources.filter(({ type }) => !type.startsWith('kubernetes:'));
  const forgotten = resources.length - kept.length;
  expect(forgotten).toBeGreaterThan(25);
  await stack.importStack({ ...exported, deployment: { ...exported.deployment, resources: kept } });

  const again = await keelson('up', ...FOLDERS);
  expect(again.output).toMatch(new RegExp(`Provisioned: .*\\b${forgotten} create`));
  expect(again.code).toBe(0);
}, 600_000);

test('another run on the same folder is told so', async () => {
  const first = startKeelson(['up', ...FOLDERS]);
  await first.seen(/provisioning/);
  const second = await keelson('up', ...FOLDERS);
  expectOneSentence(second, 'cli/state');
  expect((await first.ended).code).toBe(0);
}, 600_000);

const BINDINGS = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';

test('a policy that somebody removed is put back, and one that somebody weakened is not passed over', async () => {
  const { client } = await clusterOf(stateDir);
  await client.send({ method: 'DELETE', path: `${BINDINGS}/keelson-read-only-root` });
  const removed = await keelson('up', ...FOLDERS);
  expect(removed.code).toBe(0);
  expect((await client.send({ path: `${BINDINGS}/keelson-read-only-root` })).status).toBe(200);

  const actions = async (): Promise<unknown> =>
    (await client.send({ path: `${BINDINGS}/keelson-privileged` })).json<{
      spec: { validationActions: string[] };
    }>()!.spec.validationActions;
  const set = (validationActions: string[]) =>
    client.send({
      method: 'PATCH',
      path: `${BINDINGS}/keelson-privileged`,
      contentType: 'application/merge-patch+json',
      body: { spec: { validationActions } },
    });
  await set(['Audit']);
  expect(await actions()).toEqual(['Audit']);
  const weakened = await keelson('up', ...FOLDERS);
  const after = await actions();
  client.close();
  // Either it is strong again, or the run said that it is not: never both weak and green.
  if (weakened.code === 0) expect(after).toEqual(['Deny', 'Audit']);
  else {
    expect(weakened.output).toContain('keelson-privileged');
    const again = await clusterOf(stateDir).catch(() => undefined);
    again?.client.close();
  }
}, 600_000);

test('nothing is let in on the way out: an object that is being deleted is judged when its pod changes', async () => {
  expect((await keelson('up', ...FOLDERS)).code).toBeLessThan(2);
  const { client } = await clusterOf(stateDir);
  const collection = '/apis/apps/v1/namespaces/shop/deployments';
  const live = (await client.send({ path: `${collection}/web` })).json<{ spec: object }>()!;
  const created = await client.send({
    method: 'POST',
    path: collection,
    body: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'dying', finalizers: ['keelson.dev/test'] },
      spec: live.spec,
    },
  });
  expect(created.status).toBe(201);
  await client.send({ method: 'DELETE', path: `${collection}/dying` });
  const patch = (body: unknown) =>
    client.send({
      method: 'PATCH',
      path: `${collection}/dying`,
      contentType: 'application/strategic-merge-patch+json',
      body,
    });
  const smuggled = await patch({ spec: { template: { spec: { hostPID: true } } } });
  expect(smuggled.status).toBe(403);
  expect(smuggled.body).toContain('keelson-host-namespaces');
  expect((await patch({ metadata: { finalizers: null } })).status).toBe(200);
  for (let tries = 0; tries < 50; tries++) {
    if ((await client.send({ path: `${collection}/dying` })).status === 404) break;
    await sleep(200);
  }
  expect((await client.send({ path: `${collection}/dying` })).status).toBe(404);
  client.close();
}, 600_000);

test('folders that keelson did not make are left alone', async () => {
  const foreign = join(folder, 'foreign');
  mkdirSync(foreign);
  writeFileSync(join(foreign, 'mine.yaml'), 'mine: true');
  expectOneSentence(await keelson('up', '--state-dir', foreign, '--output', output), 'cli/state');
  expectOneSentence(await keelson('up', '--state-dir', stateDir, '--output', foreign), 'cli/state');
  expect((await keelson('down', '--state-dir', foreign, '--output', foreign)).code).toBe(0);
  expect(readFileSync(join(foreign, 'mine.yaml'), 'utf8')).toBe('mine: true');
}, 300_000);

test('a privileged pod is refused by our policy and, with the policies removed, by Pod Security', async () => {
  const { client } = await clusterOf(stateDir);
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'attack' },
    spec: {
      containers: [
        { name: 'c', image: 'i', securityContext: { privileged: true, allowPrivilegeEscalation: true } },
      ],
    },
  };
  const create = (namespace: string) =>
    client.send({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods?dryRun=All`, body: pod });
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged' };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'unlocked', labels } };
  const unlock = async (): Promise<number> =>
    (await client.send({ method: 'POST', path: '/api/v1/namespaces', body: namespace })).status;
  expect(await unlock()).toBe(403);
  await client.send({ method: 'DELETE', path: `${BINDINGS}/keelson-namespace-pod-security` });
  for (let tries = 0; tries < 50 && (await unlock()) === 403; tries++) await sleep(200);
  const byPolicy = await create('unlocked');
  expect(byPolicy.status).toBe(403);
  expect(byPolicy.body).toContain("ValidatingAdmissionPolicy 'keelson-");

  await client.send({ method: 'DELETE', path: BINDINGS });
  for (let tries = 0; tries < 50 && (await create('unlocked')).status === 403; tries++) await sleep(200);
  expect((await create('unlocked')).status).toBe(201);
  for (const namespace of ['shop', 'default']) {
    const byPodSecurity = await create(namespace);
    expect(byPodSecurity.status).toBe(403);
    expect(byPodSecurity.body).toContain('violates PodSecurity');
  }
  client.close();
}, 300_000);

test('down removes everything', async () => {
  const run = await keelson('down', ...FOLDERS);
  expect(run.code).toBe(0);
  expect(existsSync(stateDir)).toBe(false);
  expect(existsSync(output)).toBe(false);
  expect(processesOf(folder)).toEqual([]);
}, 600_000);
