import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isRunning, signal, spawnDetached, terminate } from '../../../local/process';
import { endStrays, findStrays } from '../../../local/strays';
import { temporaryFolder } from '../support/folders';
import { runAs } from './fake-tools';

const FOREVER = 'while :; do sleep 0.1; done';

async function shell(script: string, folder = temporaryFolder()) {
  return spawnDetached({
    executable: '/bin/sh',
    args: ['-c', script],
    environment: {},
    cwd: folder,
    logFile: join(folder, 'log'),
  });
}

describe('a process', () => {
  test('is known by id, start and executable together', async () => {
    const child = await shell(FOREVER);
    expect(isRunning(child)).toBe(true);
    expect(isRunning({ ...child, startedAt: `${child.startedAt}1` })).toBe(false);
    expect(isRunning({ ...child, executable: '/bin/other' })).toBe(false);
    expect(await terminate(child, 2_000)).toBe(true);
    expect(isRunning(child)).toBe(false);
  });

  test('of another identity is never signalled, though it has the id', async () => {
    const child = await shell(FOREVER);
    const other = { ...child, startedAt: 'an earlier boot/1' };
    expect(signal(other, 'SIGKILL')).toBe(false);
    expect(await terminate(other, 100)).toBe(true);
    expect(isRunning(child)).toBe(true);
    await terminate(child, 2_000);
  });

  test('that has ended has no identity, not even while its parent has not looked', async () => {
    const child = await shell('exit 3');
    for (let i = 0; child.ended() === undefined && i < 100; i++) await sleep(20);
    expect(child.ended()).toBe('exit code 3');
    expect(identify(child.pid)).toBeUndefined();
  });

  test('that ignores SIGTERM is killed', async () => {
    const child = await shell(`trap '' TERM; echo ready; ${FOREVER}`);
    await sleep(200);
    expect(await terminate(child, 200)).toBe(true);
    for (let i = 0; child.ended() === undefined && i < 100; i++) await sleep(20);
    expect(child.ended()).toBe('SIGKILL');
  });

  test('is a session of its own, gets nothing of our environment, and writes private files', async () => {
    process.env.KEELSON_TEST_SECRET = 'canary';
    const folder = temporaryFolder();
    const child = await shell('env > env; cut -d" " -f6 /proc/$$/stat > session; echo hello', folder);
    delete process.env.KEELSON_TEST_SECRET;
    for (let i = 0; child.ended() === undefined && i < 100; i++) await sleep(20);
    expect(readFileSync(join(folder, 'env'), 'utf8')).not.toContain('canary');
    expect(readFileSync(join(folder, 'env'), 'utf8')).not.toContain('HOME=');
    expect(readFileSync(join(folder, 'session'), 'utf8').trim()).toBe(String(child.pid));
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('hello\n');
    for (const name of ['env', 'log']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  });

  test('that cannot be executed is an error, and the umask is as it was', async () => {
    const folder = temporaryFolder();
    const umask = process.umask();
    const options = {
      executable: join(folder, 'nothing'),
      args: [],
      environment: {},
      cwd: folder,
      logFile: join(folder, 'log'),
    };
    await expect(spawnDetached(options)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(process.umask()).toBe(umask);
  });

  test('keeps the log of the one before', async () => {
    const folder = temporaryFolder();
    for (const word of ['first', 'second']) {
      const child = await shell(`echo ${word}`, folder);
      for (let i = 0; child.ended() === undefined && i < 100; i++) await sleep(20);
    }
    expect(readFileSync(join(folder, 'log'), 'utf8')).toBe('second\n');
    expect(readFileSync(join(folder, 'log.previous'), 'utf8')).toBe('first\n');
  });
});

describe('a component that is in no record', () => {
  test('is found by its name and folder, and ended; others are left alone', async () => {
    const folder = temporaryFolder();
    const ours = join(folder, 'ours');
    const executable = join(folder, 'etcd');
    const stray = await runAs(executable, FOREVER, [`--data-dir=${ours}/etcd`]);
    const neighbour = await runAs(join(folder, 'kube-scheduler'), FOREVER, [`--kubeconfig=${ours}2/x`]);
    const stranger = await runAs(join(folder, 'editor'), FOREVER, [`${ours}/etcd/file`]);
    try {
      expect(findStrays(ours, []).map(({ name, pid }) => [name, pid])).toEqual([['etcd', stray.pid]]);
      expect(findStrays(ours, [stray])).toEqual([]);
      expect(await endStrays(ours, [], 2_000)).toEqual(['etcd']);
      expect([stray, neighbour, stranger].map(isRunning)).toEqual([false, true, true]);
    } finally {
      for (const left of [stray, neighbour, stranger]) await terminate(left, 2_000);
    }
    expect(existsSync(executable)).toBe(true);
  });
});
