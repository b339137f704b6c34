import { createServer } from 'node:net';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localControlPlane, startLocalControlPlane, stopLocalControlPlane } from '../../../local';
import { findStrays } from '../../../local/strays';
import { identify } from '../../../local/process';
import { temporaryFolder } from '../support/folders';
import { problemsOfAsync } from '../support/problems';
import { toolsWithEtcd } from './fake-tools';

const FOREVER = 'while :; do sleep 0.1; done';

test('a component that ends at once: its log in one error, nothing left, no process left', async () => {
  const folder = temporaryFolder();
  const tools = toolsWithEtcd(join(folder, 'bin'), 'echo "unknown flag --x" >&2; exit 2');
  const stateDir = join(folder, 'a/b');
  const problems = await problemsOfAsync(() => startLocalControlPlane({ stateDir, tools }));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ code: 'local/start', where: 'etcd' });
  expect(problems[0]?.message).toContain('exit code 2');
  expect(problems[0]?.message).toContain('unknown flag --x');
  expect(readdirSync(folder)).toEqual(['bin']);
});

test('an interrupt: what was started is stopped, and nothing is left', async () => {
  const folder = temporaryFolder();
  const pidFile = join(folder, 'pid');
  const tools = toolsWithEtcd(join(folder, 'bin'), `echo $$ > ${pidFile}; ${FOREVER}`);
  const stateDir = join(folder, 'state');
  const abort = new AbortController();
  const start = startLocalControlPlane({
    stateDir,
    tools,
    signal: abort.signal,
    progress: (line) => {
      if (line === 'starting etcd') setTimeout(() => abort.abort(), 500);
    },
  });
  const problems = await problemsOfAsync(() => start);
  expect(problems[0]).toMatchObject({ code: 'local/start', message: expect.stringContaining('interrupted') });
  expect(existsSync(stateDir)).toBe(false);
  expect(identify(Number(readFileSync(pidFile, 'utf8')))).toBeUndefined();
  expect(findStrays(stateDir, [])).toEqual([]);
});

test('an interrupt before the start: nothing is made', async () => {
  const folder = temporaryFolder();
  const tools = toolsWithEtcd(join(folder, 'bin'), FOREVER);
  const options = { stateDir: join(folder, 'state'), tools, signal: AbortSignal.abort() };
  const problems = await problemsOfAsync(() => startLocalControlPlane(options));
  expect(problems[0]?.message).toContain('interrupted');
  expect(readdirSync(folder)).toEqual(['bin']);
});

test('a folder that cannot be written: one sentence with the fix', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  const tools = toolsWithEtcd(join(folder, 'bin'), FOREVER);
  const stateDir = join(folder, 'file/state');
  const problems = await problemsOfAsync(() => startLocalControlPlane({ stateDir, tools }));
  expect(problems).toEqual([
    {
      code: 'cli/state',
      where: stateDir,
      message: 'The state folder cannot be written (ENOTDIR).',
      fix: 'Make it writable for you, or choose another folder.',
    },
  ]);
});

test('a port that is taken: it is named before anything starts, and nothing is left', async () => {
  const folder = temporaryFolder();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const tools = toolsWithEtcd(join(folder, 'bin'), `touch ${join(folder, 'ran')}; ${FOREVER}`);
  const options = { stateDir: join(folder, 'state'), tools, ports: { apiServer: port } };
  const problems = await problemsOfAsync(() => startLocalControlPlane(options));
  server.close();
  expect(problems[0]).toMatchObject({ code: 'local/port', where: `127.0.0.1:${port}` });
  expect(readdirSync(folder)).toEqual(['bin']);
});

describe('a port that is taken between its choice and the start', () => {
  const startWith = async (ports?: { etcdClient: number }) => {
    const folder = temporaryFolder();
    const tools = toolsWithEtcd(
      join(folder, 'bin'),
      `echo "$@" >> ${folder}/starts; echo "bind: address already in use" >&2; exit 1`,
    );
    const options = { stateDir: join(folder, 'state'), tools, ports };
    const problems = await problemsOfAsync(() => startLocalControlPlane(options));
    const starts = readFileSync(join(folder, 'starts'), 'utf8').trim().split('\n');
    return { problems, starts };
  };

  test('others are chosen, a few times', async () => {
    const { problems, starts } = await startWith();
    expect(problems).toMatchObject([{ code: 'local/port', where: 'etcd' }]);
    expect(starts).toHaveLength(3);
    expect(new Set(starts).size).toBe(3);
  });

  test('not where the port was asked for by number', async () => {
    const { problems, starts } = await startWith({ etcdClient: 19_999 });
    expect(problems).toMatchObject([{ code: 'local/port', where: 'etcd' }]);
    expect(starts).toHaveLength(1);
  });
});

test('tools that are missing are all named at once', async () => {
  const folder = temporaryFolder();
  const tools = {
    ...toolsWithEtcd(join(folder, 'bin'), FOREVER),
    'kube-apiserver': join(folder, 'no'),
    'kube-scheduler': join(folder, 'none'),
  };
  const problems = await problemsOfAsync(() =>
    startLocalControlPlane({ stateDir: join(folder, 'state'), tools }),
  );
  expect(problems.map(({ code, where }) => `${where} [${code}]`)).toEqual([
    'kube-apiserver [tool/missing]',
    'kube-scheduler [tool/missing]',
  ]);
  expect(readdirSync(folder)).toEqual(['bin']);
});

test('files of others in the state folder are never touched', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'mine'), 'kept');
  const tools = toolsWithEtcd(join(temporaryFolder(), 'bin'), 'exit 1');
  await problemsOfAsync(() => startLocalControlPlane({ stateDir: folder, tools }));
  await stopLocalControlPlane(folder, { remove: true });
  expect(readdirSync(folder)).toEqual(['mine']);
});

test('stopping what never ran, twice, is no error and makes nothing', async () => {
  const folder = join(temporaryFolder(), 'nothing');
  expect(await stopLocalControlPlane(folder)).toEqual({ stopped: [] });
  expect(await stopLocalControlPlane(folder, { remove: true })).toEqual({ stopped: [] });
  expect(existsSync(folder)).toBe(false);
  expect(await localControlPlane(folder)).toBeUndefined();
});
