import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeelsonError } from '../../../model';
import { PINS } from '../../../toolchain/pins';
import { resolveIn } from '../../../toolchain/resolve';
import { pinOf, until, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.end());

const etcd = pinOf('etcd');

test('a build is told what may not depend on the machine', async () => {
  bench.go();
  await resolveIn(bench.context([etcd]), ['etcd']);
  expect(bench.builds[0]).toContain('build -v -mod=readonly -trimpath -buildvcs=false -ldflags -s -o ');
  expect(bench.builds[0]).toMatch(/ example\/etcd$/);
});

test("a build's environment is fixed where it would change the result, and the caller's elsewhere", async () => {
  const seen = join(bench.folder, 'seen');
  bench.go();
  const go = readFileSync(join(bench.bin, 'go'), 'utf8').replace('#!/bin/sh\n', '');
  bench.script(
    join(bench.bin, 'go'),
    `[ "$1" = build ] && echo "$CGO_ENABLED $GOFLAGS $GOWORK $GOOS/$GOARCH $GOPROXY" > ${seen}\n${go}`,
  );
  const env = {
    ...bench.env,
    GOFLAGS: '-mod=mod',
    CGO_ENABLED: '1',
    GOWORK: '/w',
    GOPROXY: 'https://own.example',
  };
  await resolveIn(bench.context([etcd], { env }), ['etcd']);
  expect(readFileSync(seen, 'utf8')).toBe('0 -mod=readonly off linux/amd64 https://own.example\n');
});

test('two runs at once share one build', async () => {
  bench.go({ seconds: 1 });
  const runs = [0, 1].map(() => resolveIn(bench.context([etcd]), ['etcd'], bench.progress));
  const [first, second] = await Promise.all(runs);
  expect(bench.builds).toHaveLength(1);
  expect(second!.etcd.path).toBe(first!.etcd.path);
  expect(new Set([first!.etcd.origin, second!.etcd.origin])).toEqual(new Set(['build', 'cache']));
  expect(bench.events.some((event) => event.step === 'wait' && /another run/.test(event.message))).toBe(true);
});

describe('an abort', () => {
  test('ends the compiler and everything it started, and leaves neither file nor lock', async () => {
    bench.go({ seconds: 60 });
    const controller = new AbortController();
    const work = resolveIn(bench.context([etcd], { signal: controller.signal }), ['etcd']).catch(
      (reason: unknown) => reason,
    );
    await until(() => bench.running.length === 2);
    expect(bench.running).toHaveLength(2);
    expect(bench.cached.some((path) => path.endsWith('etcd.lock'))).toBe(true);
    controller.abort();
    const error = await work;
    expect(error).toBeInstanceOf(KeelsonError);
    expect((error as KeelsonError).message).toContain('interrupted');
    await until(() => bench.running.length === 0);
    expect(bench.running).toEqual([]);
    expect(bench.cached).toEqual([]);
  });

  test('of a run that waits for another leaves the other one alone', async () => {
    bench.go({ seconds: 2 });
    const working = resolveIn(bench.context([etcd]), ['etcd']);
    await until(() => bench.builds.length === 1);
    const controller = new AbortController();
    const context = bench.context([etcd], { signal: controller.signal });
    const waiting = resolveIn(context, ['etcd'], bench.progress).catch((reason: unknown) => reason);
    await until(() => bench.events.some((event) => event.step === 'wait'));
    controller.abort();
    expect(await waiting).toMatchObject({ message: expect.stringContaining('interrupted') });
    expect((await working).etcd.origin).toBe('build');
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a whole process cleanly, by that signal',
  async (signal) => {
    const version = PINS.find((pin) => pin.name === 'etcd')!.version;
    bench.go({ seconds: 60, builds: version });
    const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'resolve-etcd.ts')], {
      env: { ...bench.env, KEELSON_CACHE: bench.cache, KEELSON_OFFLINE: '1' },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.on('exit', (_code, by) => resolve(by)));
    for (let round = 0; round < 5 && bench.running.length < 2; round += 1)
      await until(() => bench.running.length === 2);
    expect(bench.running).toHaveLength(2);
    child.kill(signal);
    expect(await ended).toBe(signal);
    await until(() => bench.running.length === 0);
    expect(bench.running).toEqual([]);
    expect(bench.cached).toEqual([]);
  },
);

describe('a build that fails', () => {
  test('is told with what Go wrote, leaves nothing, and does not keep other tools from being made', async () => {
    bench.go({ fails: 'example.go:1: no such thing' });
    const error = await resolveIn(bench.context([etcd, pinOf('kubectl')]), ['etcd', 'kubectl']).catch(
      (reason: unknown) => reason,
    );
    const { problems } = error as KeelsonError;
    expect(problems.map((problem) => [problem.code, problem.where])).toEqual([
      ['tool/failed', 'etcd'],
      ['tool/failed', 'kubectl'],
    ]);
    expect(problems[0]!.message).toContain('example.go:1: no such thing');
    expect(bench.cached).toEqual([]);
  });

  test('because of a wrong sum says so', async () => {
    bench.go({ fails: 'verifying m: checksum mismatch' });
    await expect(resolveIn(bench.context([etcd]), ['etcd'])).rejects.toThrow(
      /Find out who changed the module/,
    );
  });

  test('in that the result reports another version is refused', async () => {
    bench.go({ builds: '9.9.9' });
    await expect(resolveIn(bench.context([etcd]), ['etcd'])).rejects.toThrow(
      /says that it is 9\.9\.9, not 1\.2\.3/,
    );
    expect(bench.cached).toEqual([]);
  });
});
