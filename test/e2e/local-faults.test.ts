import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  localControlPlane,
  startLocalControlPlane,
  stopLocalControlPlane,
  type LocalTools,
} from '../../local';
import type { Problem } from '../../model';
import { localTools, ownFolder, processesOf } from './support/own-control-plane';
import { ask, kubeconfigCredentials } from './support/wire';

jest.setTimeout(600_000);

const folder = ownFolder();
let tools: LocalTools;

beforeAll(async () => {
  tools = await localTools();
});
afterAll(() => folder.clear());

async function problemsOf(work: Promise<unknown>): Promise<readonly Problem[]> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return (error as { problems?: readonly Problem[] }).problems ?? [];
}

test.each(['starting etcd', 'starting kube-apiserver', 'starting kube-scheduler'])(
  'an interrupt while %s: everything is stopped and nothing is left',
  async (line) => {
    const stateDir = join(folder.path, 'interrupted');
    const abort = new AbortController();
    const progress = (text: string): void => {
      if (text === line) setTimeout(() => abort.abort(), 150);
    };
    const work = startLocalControlPlane({ stateDir, tools, progress, signal: abort.signal });
    const problems = await problemsOf(work);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'local/start: The start was interrupted; what it had started is stopped.',
    ]);
    expect(processesOf(stateDir)).toEqual([]);
    expect(readdirSync(folder.path)).not.toContain('interrupted');
  },
);

test('an API server that refuses to start: its own words, and nothing is left', async () => {
  const wrapper = join(folder.path, 'kube-apiserver');
  writeFileSync(wrapper, `#!/bin/sh\nexec ${tools['kube-apiserver']} "$@" --no-such-flag=1\n`);
  chmodSync(wrapper, 0o755);
  const stateDir = join(folder.path, 'refused');
  const work = startLocalControlPlane({ stateDir, tools: { ...tools, 'kube-apiserver': wrapper } });
  const [problem] = await problemsOf(work);
  expect(problem).toMatchObject({ code: 'local/start', where: 'kube-apiserver' });
  expect(problem?.message).toContain('unknown flag: --no-such-flag');
  expect(processesOf(stateDir)).toEqual([]);
  expect(readdirSync(folder.path)).toEqual(['kube-apiserver']);
});

test('a taken port: named before anything starts', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const stateDir = join(folder.path, 'taken');
  const [problem] = await problemsOf(startLocalControlPlane({ stateDir, tools, ports: { etcdPeer: port } }));
  server.close();
  expect(problem).toMatchObject({ code: 'local/port', where: `127.0.0.1:${port}` });
  expect(processesOf(stateDir)).toEqual([]);
});

describe('a control plane that ran before', () => {
  const stateDir = join(folder.path, 'kept');

  test('two starts at once make one control plane', async () => {
    const both = await Promise.all([1, 2].map(() => startLocalControlPlane({ stateDir, tools })));
    expect(both.map(({ alreadyRunning }) => alreadyRunning).sort()).toEqual([false, true]);
    expect(both[0]?.processes).toEqual(both[1]?.processes);
    expect(processesOf(stateDir)).toHaveLength(4);
  });

  test('keeps its data when a later start is interrupted', async () => {
    const plane = await startLocalControlPlane({ stateDir, tools });
    const admin = kubeconfigCredentials(plane.kubeconfig);
    const created = await ask(plane.ports.apiServer, '/api/v1/namespaces', admin, {
      method: 'POST',
      body: { metadata: { name: 'kept' } },
    });
    expect(created.status).toBe(201);
    await stopLocalControlPlane(stateDir);

    const abort = new AbortController();
    const progress = (line: string): void => {
      if (line === 'starting kube-apiserver') setTimeout(() => abort.abort(), 500);
    };
    await problemsOf(startLocalControlPlane({ stateDir, tools, progress, signal: abort.signal }));
    expect(processesOf(stateDir)).toEqual([]);

    const again = await startLocalControlPlane({ stateDir, tools });
    const read = await ask(again.ports.apiServer, '/api/v1/namespaces/kept', admin);
    expect(read.status).toBe(200);
  });

  test('whose record was lost is not left running beside a new one', async () => {
    const running = processesOf(stateDir);
    writeFileSync(
      join(stateDir, 'state.json'),
      JSON.stringify({ version: 1, ports: (await localControlPlane(stateDir))?.ports, processes: [] }),
    );
    await startLocalControlPlane({ stateDir, tools });
    await sleep(100);
    expect(processesOf(stateDir)).toHaveLength(4);
    expect(processesOf(stateDir).filter((pid) => running.includes(pid))).toEqual([]);
  });
});
