import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  localControlPlane,
  startLocalControlPlane,
  stopLocalControlPlane,
  type LocalControlPlane,
  type LocalTools,
} from '../../local';
import { isTaken } from '../../local/ports';
import { localTools, ownFolder, processesOf } from './support/own-control-plane';
import { ask, kubeconfigCredentials } from './support/wire';

jest.setTimeout(600_000);

const folder = ownFolder();
const stateDir = join(folder.path, 'state');
let tools: LocalTools;
let plane: LocalControlPlane & { alreadyRunning: boolean };

/** Starts, and tells how long that took, in seconds. */
async function start(ports = {}): Promise<number> {
  const began = Date.now();
  plane = await startLocalControlPlane({ stateDir, tools, ports });
  return (Date.now() - began) / 1000;
}

async function secret(method: string): Promise<number> {
  const collection = '/api/v1/namespaces/default/secrets';
  const path = method === 'GET' ? `${collection}/kept` : collection;
  const body = method === 'GET' ? undefined : { metadata: { name: 'kept' }, stringData: { key: 'value' } };
  return (await ask(plane.ports.apiServer, path, kubeconfigCredentials(plane.kubeconfig), { method, body }))
    .status;
}

const pids = () => Object.fromEntries(plane.processes.map(({ name, pid }) => [name, pid]));

beforeAll(async () => {
  tools = await localTools();
});
afterAll(() => folder.clear());

test('a first start on an empty folder', async () => {
  const seconds = await start();
  console.log(`first start: ${seconds.toFixed(1)} s`);
  expect(plane.alreadyRunning).toBe(false);
  expect(seconds).toBeLessThan(60);
  expect(await secret('POST')).toBe(201);
  expect(await localControlPlane(stateDir)).toMatchObject({ ports: plane.ports });
});

test('a second start attaches', async () => {
  const before = pids();
  const seconds = await start();
  console.log(`attach: ${seconds.toFixed(1)} s`);
  expect(plane.alreadyRunning).toBe(true);
  expect(pids()).toEqual(before);
});

test('an API server that was killed comes back on the same port and data; etcd is left alone', async () => {
  const before = pids();
  const { ports } = plane;
  process.kill(before['kube-apiserver']!, 'SIGKILL');
  expect(await localControlPlane(stateDir)).toBeUndefined();
  await start();
  expect(plane.alreadyRunning).toBe(false);
  expect(plane.ports).toEqual(ports);
  expect(pids()['etcd']).toBe(before['etcd']);
  expect(pids()['kube-apiserver']).not.toBe(before['kube-apiserver']);
  expect(await secret('GET')).toBe(200);
  expect(processesOf(stateDir)).toHaveLength(4);
});

test('a component that hangs is restarted', async () => {
  const before = pids();
  process.kill(before['kube-scheduler']!, 'SIGSTOP');
  await start();
  expect(pids()['kube-scheduler']).not.toBe(before['kube-scheduler']);
});

test('another port restarts the component that has it', async () => {
  const before = pids();
  const wanted = plane.ports.scheduler === 29_998 ? 29_999 : 29_998;
  await start({ scheduler: wanted });
  expect(plane.ports.scheduler).toBe(wanted);
  expect(pids()['kube-apiserver']).toBe(before['kube-apiserver']);
  expect(pids()['kube-scheduler']).not.toBe(before['kube-scheduler']);
});

test('a certificate that is lost is made anew, and every component runs with what is on disk', async () => {
  const before = pids();
  rmSync(join(stateDir, 'pki/apiserver.crt'));
  await start();
  for (const [name, pid] of Object.entries(before)) expect(pids()[name]).not.toBe(pid);
  expect(await secret('GET')).toBe(200);
});

test('stop leaves no process and no port; the data is still there after a warm start', async () => {
  expect((await stopLocalControlPlane(stateDir)).stopped).toEqual([
    'kube-scheduler',
    'kube-controller-manager',
    'kube-apiserver',
    'etcd',
  ]);
  expect(processesOf(stateDir)).toEqual([]);
  for (const port of Object.values(plane.ports)) expect([port, await isTaken(port)]).toEqual([port, false]);
  expect(await localControlPlane(stateDir)).toBeUndefined();
  expect((await stopLocalControlPlane(stateDir)).stopped).toEqual([]);

  const { ports } = plane;
  const seconds = await start();
  console.log(`warm start: ${seconds.toFixed(1)} s`);
  expect(plane.ports).toEqual(ports);
  expect(await secret('GET')).toBe(200);
});

test('a kept port that was taken meanwhile is chosen anew, and stands in the kubeconfig', async () => {
  await stopLocalControlPlane(stateDir);
  const { apiServer, ...others } = plane.ports;
  const thief = createServer();
  await new Promise<void>((resolve) => thief.listen(apiServer, '127.0.0.1', resolve));
  try {
    await start();
  } finally {
    thief.close();
  }
  expect(plane.ports).toEqual({ ...others, apiServer: expect.any(Number) });
  expect(plane.ports.apiServer).not.toBe(apiServer);
  expect(readFileSync(plane.kubeconfig, 'utf8')).toContain(`https://127.0.0.1:${plane.ports.apiServer}`);
  expect(await secret('GET')).toBe(200);
});

test('removing it leaves nothing', async () => {
  await stopLocalControlPlane(stateDir, { remove: true });
  expect(existsSync(stateDir)).toBe(false);
  expect(processesOf(stateDir)).toEqual([]);
});
