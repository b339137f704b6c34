import { join } from 'node:path';
import { KeelsonError } from '../../../model';
import { locateIn } from '../../../toolchain/locate';
import { resolveIn } from '../../../toolchain/resolve';
import { pinOf, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.end());

const etcd = pinOf('etcd');

async function problemsOf(work: Promise<unknown>): Promise<KeelsonError['problems']> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KeelsonError);
  return (error as KeelsonError).problems;
}

describe('the order of places', () => {
  test('a setting comes before the PATH, the PATH before the cache, the cache before a build', async () => {
    bench.go();
    const built = await resolveIn(bench.context([etcd]), ['etcd']);
    expect(built.etcd).toMatchObject({ origin: 'build', version: '1.2.3' });

    const cached = await resolveIn(bench.context([etcd]), ['etcd']);
    expect(cached.etcd).toMatchObject({ origin: 'cache', path: built.etcd.path });
    expect(bench.builds).toHaveLength(1);

    const onPath = bench.tool(join(bench.bin, 'etcd'), '1.2.9');
    expect((await resolveIn(bench.context([etcd]), ['etcd'])).etcd).toMatchObject({
      origin: 'path',
      path: onPath,
      version: '1.2.9',
    });

    const named = bench.tool(join(bench.folder, 'my-etcd'), '1.2.0');
    const env = { ...bench.env, KEELSON_ETCD: named };
    expect((await resolveIn(bench.context([etcd], { env }), ['etcd'])).etcd).toMatchObject({
      origin: 'setting',
      path: named,
      version: '1.2.0',
      detail: 'named by KEELSON_ETCD',
    });
  });

  test('another version on the PATH is passed over, and the reason is told', async () => {
    bench.go();
    const old = bench.tool(join(bench.bin, 'etcd'), '1.1.9');
    const { etcd: tool } = await resolveIn(bench.context([etcd]), ['etcd']);
    expect(tool.origin).toBe('build');
    expect(tool.detail).toContain(`${old} is 1.1.9, needed is 1.2`);
  });

  test('a tool on the PATH that does not tell its version is passed over', async () => {
    bench.go();
    const mute = bench.script(join(bench.bin, 'etcd'), 'exit 2');
    const { etcd: tool } = await resolveIn(bench.context([etcd]), ['etcd']);
    expect(tool.detail).toContain(`${mute} does not tell its version`);
  });

  test('a relative entry of the PATH is never used', async () => {
    bench.go();
    const env = { PATH: `.:${bench.env['PATH']}` };
    const folder = process.cwd();
    bench.tool(join(bench.folder, 'etcd'), '1.2.3');
    process.chdir(bench.folder);
    try {
      expect((await resolveIn(bench.context([etcd], { env }), ['etcd'])).etcd.origin).toBe('build');
    } finally {
      process.chdir(folder);
    }
  });
});

describe('a setting that cannot be used is an error, not a reason to look elsewhere', () => {
  test.each([
    ['relative/etcd', 'is not an absolute path'],
    ['/nowhere/etcd', 'is not an executable file'],
  ])('%s', async (path, message) => {
    bench.tool(join(bench.bin, 'etcd'), '1.2.3');
    const env = { ...bench.env, KEELSON_ETCD: path };
    expect(await problemsOf(resolveIn(bench.context([etcd], { env }), ['etcd']))).toEqual([
      expect.objectContaining({
        code: 'tool/missing',
        where: 'KEELSON_ETCD',
        message: expect.stringContaining(message),
      }),
    ]);
  });

  test('another version', async () => {
    bench.tool(join(bench.bin, 'etcd'), '1.2.3');
    const env = { ...bench.env, KEELSON_ETCD: bench.tool(join(bench.folder, 'old'), '1.1.0') };
    const [problem] = await problemsOf(resolveIn(bench.context([etcd], { env }), ['etcd']));
    expect(problem!.message).toContain('is 1.1.0');
    expect(problem!.fix).toContain('etcd 1.2');
  });
});

describe('neither tool nor Go', () => {
  const pins = [etcd, pinOf('kubectl'), pinOf('pulumi')];

  test('one error names every missing tool and what to install', async () => {
    bench.tool(join(bench.bin, 'kubectl'), '1.2.3');
    const problems = await problemsOf(resolveIn(bench.context(pins), ['pulumi', 'etcd', 'kubectl']));
    expect(problems.map((problem) => [problem.code, problem.where])).toEqual([
      ['tool/missing', 'etcd'],
      ['tool/missing', 'pulumi'],
    ]);
    for (const problem of problems) {
      expect(problem.fix).toContain('Install Go 1.26.0 or newer');
      expect(problem.fix).toContain(`or set KEELSON_${problem.where.toUpperCase()}`);
    }
  });

  test('a Go that is too old is told with its version, and nothing is built', async () => {
    bench.go({ version: '1.25.1' });
    const problems = await problemsOf(resolveIn(bench.context([etcd]), ['etcd']));
    expect(problems[0]!.message).toContain('is 1.25.1, needed is 1.26.0 or newer');
    expect(bench.builds).toEqual([]);
  });

  test('a missing tool is found out before another one is built', async () => {
    bench.go();
    const env = { ...bench.env, KEELSON_KUBECTL: '/nowhere/kubectl' };
    await problemsOf(resolveIn(bench.context(pins, { env }), ['etcd', 'kubectl']));
    expect(bench.builds).toEqual([]);
  });

  test('locating tells it and is no error', async () => {
    const tools = await locateIn(bench.context(pins), ['kubectl', 'etcd']);
    expect(tools.map(({ name, origin, ready }) => ({ name, origin, ready }))).toEqual([
      { name: 'kubectl', origin: 'missing', ready: false },
      { name: 'etcd', origin: 'missing', ready: false },
    ]);
    expect(tools[0]!.detail).toContain('Install Go');
  });
});

test('locating neither downloads nor builds', async () => {
  bench.go();
  const [tool] = await locateIn(bench.context([etcd]), ['etcd']);
  expect(tool).toMatchObject({ origin: 'build', ready: false, pinned: '1.2.3' });
  expect(tool!.passedOver).toEqual([
    'KEELSON_ETCD is not set',
    'not on the PATH',
    'not in the cache',
    'no release is pinned for linux-amd64',
  ]);
  expect(bench.builds).toEqual([]);
  expect(bench.cached).toEqual([]);
});
