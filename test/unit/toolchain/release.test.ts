import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { KeelsonError } from '../../../model';
import { DOWNLOAD_LIMITS } from '../../../toolchain/download';
import { locateIn } from '../../../toolchain/locate';
import type { ReleaseFile, ToolPin } from '../../../toolchain/pins';
import { resolveIn } from '../../../toolchain/resolve';
import { pinOf, until, Workbench } from './workbench';

let bench: Workbench;
let servers: (Server | TcpServer)[];
const sockets = new Set<Socket>();
let archive: Buffer;

beforeEach(() => {
  bench = new Workbench();
  servers = [];
  const source = join(bench.folder, 'source');
  mkdirSync(join(source, 'dist'), { recursive: true });
  bench.tool(join(source, 'dist', 'etcd'), '1.2.7');
  bench.script(join(source, 'other'), 'exit 1');
  execFileSync('tar', ['-czf', join(bench.folder, 'a.tgz'), '-C', source, 'dist/etcd', 'other']);
  archive = readFileSync(join(bench.folder, 'a.tgz'));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  bench.end();
});

async function listen<S extends Server | TcpServer>(server: S): Promise<string> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (handler: RequestListener) => listen(createHttp(handler));
const serveArchive = () => serve((_request, response) => response.end(archive));

function releasePin(base: string, more: Partial<ReleaseFile> = {}, name: ToolPin['name'] = 'etcd'): ToolPin {
  const digest = createHash('sha256').update(archive).digest('hex');
  const file = { url: `${base}/a.tgz`, algorithm: 'sha256' as const, digest, member: 'dist/etcd', ...more };
  return pinOf(name, { release: { version: '1.2.7', files: { 'linux-amd64': file } } });
}

const resolveEtcd = async (pin: ToolPin, env = bench.env) =>
  (await resolveIn(bench.context([pin], { env }), ['etcd'], bench.progress)).etcd;

describe('a release with the pinned digest', () => {
  test('is fetched, its one member unpacked, and used from the cache from then on', async () => {
    const base = await serveArchive();
    const pin = releasePin(base);
    const tool = await resolveEtcd(pin);
    expect(tool).toMatchObject({ origin: 'release', version: '1.2.7' });
    expect(execFileSync(tool.path, { encoding: 'utf8' })).toBe('fake v1.2.7\n');
    expect(bench.cached.map((path) => path.split('/').at(-1))).toEqual(['etcd', 'tool.json']);
    expect(await resolveEtcd(pin, { ...bench.env, KEELSON_OFFLINE: '1' })).toMatchObject({
      origin: 'cache',
      path: tool.path,
    });
  });

  test('may be pinned by SHA-512 and stand behind a redirect', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/a.tgz') response.writeHead(302, { location: '/elsewhere' }).end();
      else response.end(archive);
    });
    const digest = createHash('sha512').update(archive).digest('hex');
    const tool = await resolveEtcd(releasePin(base, { algorithm: 'sha512', digest }));
    expect(tool).toMatchObject({ origin: 'release', version: '1.2.7' });
  });

  test('may be the executable itself', async () => {
    const raw = Buffer.from('#!/bin/sh\necho v1.2.7\n');
    const base = await serve((_request, response) => response.end(raw));
    const digest = createHash('sha512').update(raw).digest('hex');
    const tool = await resolveEtcd(releasePin(base, { algorithm: 'sha512', digest, member: undefined }));
    expect(tool.origin).toBe('release');
    expect(execFileSync(tool.path, { encoding: 'utf8' })).toBe('v1.2.7\n');
  });
});

test('a wrong digest is an error: nothing is unpacked, kept, or built instead', async () => {
  bench.go();
  const base = await serveArchive();
  const error = await resolveEtcd(releasePin(base, { digest: '0'.repeat(64) })).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KeelsonError);
  const [problem] = (error as KeelsonError).problems;
  expect(problem).toMatchObject({ code: 'tool/failed', where: 'etcd' });
  expect(problem!.message).toContain(`pinned is ${'0'.repeat(64)}`);
  expect(bench.cached).toEqual([]);
  expect(bench.builds).toEqual([]);
});

describe('a release server that gives no file is passed over, and the tool is built', () => {
  test('the limits are a few seconds', () => {
    expect(DOWNLOAD_LIMITS.connect).toBeLessThanOrEqual(3_000);
    expect(DOWNLOAD_LIMITS.answer).toBeLessThanOrEqual(8_000);
  });

  const cases: [string, () => Promise<string>, RegExp][] = [
    [
      'a port that nobody listens on',
      async () => {
        const base = await serveArchive();
        await new Promise((resolve) => servers.pop()!.close(resolve));
        return base;
      },
      /ECONNREFUSED/,
    ],
    ['a server that never answers', () => listen(createTcp()), /does not answer within 0.6 s/],
    [
      'a server that stops in the middle',
      () =>
        serve((_request, response) => {
          response.writeHead(200, { 'content-length': archive.length });
          response.write(archive.subarray(0, 20));
        }),
      /no more data came for 0.6 s/,
    ],
    [
      'a server that redirects for ever',
      () => serve((_request, response) => response.writeHead(302, { location: '/again' }).end()),
      /redirects too often/,
    ],
    [
      'a server that redirects to one without TLS',
      () => serve((_request, response) => response.writeHead(302, { location: 'http://localhost/a' }).end()),
      /localhost is not asked without TLS/,
    ],
    [
      'an archive without the executable',
      async () => {
        execFileSync('tar', [
          '-czf',
          join(bench.folder, 'b.tgz'),
          '-C',
          join(bench.folder, 'source'),
          'other',
        ]);
        archive = readFileSync(join(bench.folder, 'b.tgz'));
        return serveArchive();
      },
      /dist\/etcd cannot be taken out of/,
    ],
    ['a server without the file', () => serve((_q, response) => response.writeHead(404).end()), /status 404/],
    [
      'a name that cannot be looked up',
      () => Promise.resolve('https://keelson.invalid'),
      /ENOTFOUND|EAI_AGAIN|reached/,
    ],
  ];
  test.each(cases)('%s', async (_case, start, reason) => {
    bench.go();
    const base = await start();
    const started = Date.now();
    const tool = await resolveEtcd(releasePin(base));
    expect(Date.now() - started).toBeLessThan(4_000);
    expect(tool.origin).toBe('build');
    expect(tool.detail).toMatch(reason);
    expect(bench.events.map((event) => event.step)).toEqual(
      expect.arrayContaining(['download', 'note', 'build']),
    );
    expect(bench.cached.filter((path) => path.includes('.part-'))).toEqual([]);
  });

  test('a silent server is asked once in a run, not once per tool', async () => {
    bench.go();
    let connections = 0;
    const base = await listen(createTcp(() => (connections += 1)));
    const pins = [releasePin(base), releasePin(base, {}, 'kubectl')];
    const tools = await resolveIn(bench.context(pins), ['etcd', 'kubectl']);
    expect(connections).toBe(1);
    expect(tools.kubectl.detail).toContain('did not answer before');
  });

  test('without Go, the error tells both what the server did and what to install', async () => {
    const base = await serve((_request, response) => response.writeHead(404).end());
    await expect(resolveEtcd(releasePin(base))).rejects.toThrow(/status 404.*Install Go 1\.26\.0/s);
  });
});

test('KEELSON_OFFLINE leaves releases out', async () => {
  bench.go();
  let asked = 0;
  const base = await serve((_request, response) => {
    asked += 1;
    response.end(archive);
  });
  const tool = await resolveEtcd(releasePin(base), { ...bench.env, KEELSON_OFFLINE: '1' });
  expect(tool.origin).toBe('build');
  expect(asked).toBe(0);
});

test('locating tells the release that would be fetched and asks no server', async () => {
  let asked = 0;
  const base = await serve((_request, response) => {
    asked += 1;
    response.end();
  });
  const [tool] = await locateIn(bench.context([releasePin(base)]), ['etcd']);
  expect(tool).toMatchObject({ origin: 'release', ready: false, version: '1.2.7' });
  expect(asked).toBe(0);
});

test('an abort in the middle of a download leaves nothing', async () => {
  const base = await serve((_request, response) => {
    response.writeHead(200);
    response.write(archive.subarray(0, 20));
  });
  const controller = new AbortController();
  const limits = { connect: 3_000, answer: 3_000, stall: 30_000 };
  const context = bench.context([releasePin(base)], { signal: controller.signal, limits });
  const work = resolveIn(context, ['etcd']).catch((reason: unknown) => reason);
  await until(() => bench.cached.some((path) => path.includes('.part-')));
  controller.abort();
  expect(await work).toMatchObject({ message: expect.stringContaining('interrupted') });
  expect(bench.cached).toEqual([]);
});
