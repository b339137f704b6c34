import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { KeelsonError } from '../../../model';
import { cacheRoot } from '../../../toolchain/cache';
import { buildEntry } from '../../../toolchain/recipe';
import { resolveIn } from '../../../toolchain/resolve';
import { pinOf, Workbench } from './workbench';

let bench: Workbench;
beforeEach(() => (bench = new Workbench()));
afterEach(() => bench.end());

const etcd = pinOf('etcd');
const resolveEtcd = async (context = bench.context([etcd])) => (await resolveIn(context, ['etcd'])).etcd;

describe('a cached tool', () => {
  test('is kept with what it is and how it was made', async () => {
    bench.go();
    const tool = await resolveEtcd();
    expect(JSON.parse(readFileSync(join(dirname(tool.path), 'tool.json'), 'utf8'))).toMatchObject({
      tool: 'etcd',
      version: '1.2.3',
      origin: 'build',
      madeWith: 'Go 1.26.8',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      bytes: readFileSync(tool.path).length,
    });
  });

  test.each([
    ['was changed', (path: string) => appendFileSync(path, '# more\n')],
    ['was cut short', (path: string) => truncateSync(path, 5)],
    ['was changed at the same length', (path: string) => flipLastByte(path)],
    ['can be written by others', (path: string) => chmodSync(path, 0o777)],
    ['stands in a folder that others can write to', (path: string) => chmodSync(dirname(path), 0o777)],
    ['has lost its record', (path: string) => writeFileSync(join(dirname(path), 'tool.json'), '{}')],
  ])('that %s is made again', async (_case, spoil) => {
    bench.go();
    const first = await resolveEtcd();
    const sound = readFileSync(first.path, 'utf8');
    spoil(first.path);
    const second = await resolveEtcd();
    expect(second).toMatchObject({ origin: 'build', path: first.path });
    expect(readFileSync(second.path, 'utf8')).toBe(sound);
    expect(bench.builds).toHaveLength(2);
    expect((await resolveEtcd()).origin).toBe('cache');
  });

  test('is not used for another recipe: sums, flags and version are in its key', () => {
    const key = (pin = etcd) =>
      buildEntry(bench.cache, pin, bench.context([]).platform, bench.modules).folder;
    const before = key();
    expect(key({ ...etcd, build: { ...etcd.build, ldflags: '-w' } })).not.toBe(before);
    expect(key({ ...etcd, version: '1.2.4' })).not.toBe(before);
    writeFileSync(join(bench.modules, 'm', 'go.sum'), 'example v1.0.0 h1:abc=\n');
    expect(key()).not.toBe(before);
  });
});

test('what killed runs left is taken over and cleared away', async () => {
  bench.go();
  const entry = buildEntry(bench.cache, etcd, bench.context([]).platform, bench.modules);
  const leftover = join(dirname(entry.folder), 'other.part-123');
  const lock = join(bench.cache, 'locks', 'etcd.lock');
  for (const folder of [leftover, lock]) mkdirSync(folder, { recursive: true });
  utimesSync(lock, 1, 1);
  await resolveEtcd();
  expect(bench.cached).toEqual([entry.path, join(entry.folder, 'tool.json')]);
});

test('a cache folder that cannot be written is told, once, with what to do', async () => {
  bench.go();
  const file = join(bench.folder, 'file');
  writeFileSync(file, '');
  const pins = [etcd, pinOf('kubectl')];
  const work = resolveIn(bench.context(pins, { root: join(file, 'cache') }), ['etcd', 'kubectl']);
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(KeelsonError);
  expect((error as KeelsonError).problems).toEqual([
    expect.objectContaining({
      code: 'tool/failed',
      where: join(file, 'cache'),
      message: expect.stringContaining('cannot be written (ENOTDIR)'),
      fix: expect.stringContaining('KEELSON_CACHE'),
    }),
  ]);
  expect(bench.builds).toEqual([]);
});

describe('the cache folder', () => {
  test.each([
    [{ KEELSON_CACHE: '/k', XDG_CACHE_HOME: '/x', HOME: '/h' }, '/k'],
    [{ XDG_CACHE_HOME: '/x', HOME: '/h' }, '/x/keelson'],
    [{ XDG_CACHE_HOME: 'relative', HOME: '/h' }, '/h/.cache/keelson'],
    [{ KEELSON_CACHE: '', HOME: '/h' }, '/h/.cache/keelson'],
  ])('%j', (env, folder) => expect(cacheRoot(env)).toBe(folder));

  test('is refused where it is not absolute', () => {
    expect(() => cacheRoot({ KEELSON_CACHE: 'here' })).toThrow(/KEELSON_CACHE: here is not an absolute path/);
  });
});

function flipLastByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path, bytes);
}
