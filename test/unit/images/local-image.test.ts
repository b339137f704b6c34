import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { readLocalImage } from '../../../images';
import { digestOf } from '../../../images/source';
import { parseImageReference } from '../../../model';
import { temporaryFolder } from '../support/folders';
import { dockerFiles, jsonBytes, layoutFiles, tarBytes, testImage, writeFiles } from '../support/images';
import { problemsOfAsync } from '../support/problems';

const CONFIG = {
  User: '1000:2000',
  Entrypoint: ['/app'],
  Cmd: ['serve'],
  ExposedPorts: { '8080/tcp': {}, '53/udp': {} },
  Volumes: { '/data': {} },
  WorkingDir: '/srv',
  Env: ['PASSWORD=hunter2'],
};
const FACTS = {
  user: '1000:2000',
  entrypoint: ['/app'],
  cmd: ['serve'],
  exposedPorts: ['53/udp', '8080/tcp'],
  volumes: ['/data'],
  workingDir: '/srv',
};
const image = testImage(
  { architecture: 'arm64', variant: 'v8', config: CONFIG },
  { architecture: 'amd64', config: { User: 'nginx' } },
);
const EMPTY = { entrypoint: [], cmd: [], exposedPorts: [], volumes: [], workingDir: '' };
const READ = {
  digest: image.digest,
  facts: {
    platforms: [
      { platform: 'linux/amd64', digest: image.manifests[1], config: { ...EMPTY, user: 'nginx' } },
      { platform: 'linux/arm64/v8', digest: image.manifests[0], config: FACTS },
    ],
  },
};

const file = (bytes: Buffer, name = 'image.tar'): string => {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
};
const folder = (files: ReadonlyMap<string, Buffer>): string => writeFiles(temporaryFolder(), files);
const refusal = async (path: string, name?: string): Promise<string> => {
  const problems = await problemsOfAsync(() =>
    readLocalImage(path, name === undefined ? undefined : parseImageReference(name)),
  );
  expect(problems.map(({ code }) => code)).toEqual(['image/unreadable']);
  return problems[0]!.message;
};
const changed = (path: string, bytes: Buffer | undefined): ReadonlyMap<string, Buffer> => {
  const files = new Map(layoutFiles([image]));
  if (bytes === undefined) files.delete(path);
  else files.set(path, bytes);
  return files;
};
const blob = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

describe('an OCI layout', () => {
  const files = layoutFiles([image]);

  it('is read from a folder, a tar file and a compressed one, and the environment is not kept', async () => {
    expect(await readLocalImage(folder(files))).toEqual(READ);
    expect(await readLocalImage(file(tarBytes(files)))).toEqual(READ);
    expect(await readLocalImage(file(gzipSync(tarBytes(files))))).toEqual(READ);
    expect(JSON.stringify(READ)).not.toContain('hunter2');
  });

  it('is read as GNU tar writes it', async () => {
    const path = join(temporaryFolder(), 'image.tgz');
    expect(spawnSync('tar', ['-czf', path, '-C', folder(files), '.']).status).toBe(0);
    expect(await readLocalImage(path)).toEqual(READ);
  });

  it('with one manifest and no index is one platform', async () => {
    const single = testImage({ architecture: 'amd64', config: null });
    expect(await readLocalImage(folder(layoutFiles([single])))).toEqual({
      digest: single.digest,
      facts: {
        platforms: [{ platform: 'linux/amd64', digest: single.digest, config: { ...EMPTY, user: '' } }],
      },
    });
  });

  it('that lacks a platform says so of that one', async () => {
    const { facts } = await readLocalImage(folder(changed(blob(image.manifests[0]!), undefined)));
    expect(facts.platforms.map(({ platform, config }) => [platform, config?.user])).toEqual([
      ['linux/amd64', 'nginx'],
      ['linux/arm64/v8', undefined],
    ]);
  });

  it('with several images needs to be told which: by tag, whole name or digest', async () => {
    const other = testImage({ architecture: 'amd64' });
    const path = folder(layoutFiles([image, other], ['1', 'registry.example/other:2']));
    expect(await refusal(path)).toContain('2 images, among them 1, registry.example/other:2');
    const as = async (name: string) => (await readLocalImage(path, parseImageReference(name)!)).digest;
    expect(await as('registry.example/app:1')).toBe(image.digest);
    expect(await as('registry.example/other:2')).toBe(other.digest);
    expect(await as(`registry.example/other@${other.digest}`)).toBe(other.digest);
    expect(await refusal(path, 'registry.example/app:3')).toContain('2 images');
  });

  it('with another image than the digest of --as is refused', async () => {
    const wrong = `registry.example/app@sha256:${'0'.repeat(64)}`;
    expect(await refusal(folder(files), wrong)).toContain(`Its digest is ${image.digest}`);
  });
});

describe('a document that is not what its digest says', () => {
  it.each([
    ['the index', image.digest],
    ['a manifest', image.manifests[0]!],
    ['a configuration', image.configs[1]!],
  ])('is refused: %s', async (_what, digest) => {
    const bytes = Buffer.concat([image.blobs.get(digest)!, Buffer.from(' ')]);
    for (const path of [folder(changed(blob(digest), bytes)), file(tarBytes(changed(blob(digest), bytes)))])
      expect(await refusal(path)).toContain(`${digest} has another digest: sha256:`);
  });

  it('cannot be added to a tar file that has the right one: the first counts', async () => {
    const appended = [
      ...layoutFiles([image]),
      [blob(image.digest), jsonBytes({ schemaVersion: 2 })] as const,
    ];
    expect(await readLocalImage(file(tarBytes(appended)))).toEqual(READ);
  });
});

describe('a layout that is none', () => {
  const rooted = (root: unknown): string => {
    const bytes = jsonBytes(root);
    const digest = digestOf(bytes);
    return folder(
      new Map([
        ['index.json', jsonBytes({ manifests: [{ digest }] })],
        [blob(digest), bytes],
      ]),
    );
  };
  const descriptor = { digest: image.configs[0]! };

  it.each<[string, string, () => string]>([
    ['without index.json', 'neither index.json nor manifest.json', () => temporaryFolder()],
    ['that is not there', 'ENOENT', () => join(temporaryFolder(), 'missing')],
    ['with no JSON', 'is no JSON', () => folder(changed('index.json', Buffer.from('{"secret":')))],
    ['with a list', 'no JSON object', () => folder(changed('index.json', Buffer.from('[]')))],
    ['without images', 'has no image', () => folder(changed('index.json', jsonBytes({ manifests: [] })))],
    [
      'that names what is no digest',
      'no SHA-256 digest',
      () => folder(changed('index.json', jsonBytes({ manifests: [{ digest: '../../../etc/passwd' }] }))),
    ],
    ['without the image', 'does not have sha256:', () => folder(changed(blob(image.digest), undefined))],
    [
      'with too much JSON',
      'larger than 4 MiB',
      () => folder(changed('index.json', Buffer.alloc(5 * 2 ** 20, 32))),
    ],
    ['with deep JSON', 'is no JSON', () => folder(changed('index.json', Buffer.alloc(2 ** 20, '[')))],
    [
      'with a manifest that is an index as well',
      'is an index as well',
      () => rooted({ schemaVersion: 2, manifests: [], config: descriptor }),
    ],
    ['of schema version 1', 'schema version 2', () => rooted({ schemaVersion: 1 })],
    [
      'of an artifact',
      'of an artifact',
      () =>
        rooted({
          schemaVersion: 2,
          config: { ...descriptor, mediaType: 'application/vnd.cncf.helm.config.v1+json' },
        }),
    ],
    [
      'with attestations alone',
      'no image for a platform',
      () =>
        rooted({
          schemaVersion: 2,
          manifests: [{ ...descriptor, platform: { os: 'unknown', architecture: 'unknown' } }],
        }),
    ],
    [
      'with more manifests than any',
      'manifests',
      () => rooted({ schemaVersion: 2, manifests: Array(201).fill(descriptor) }),
    ],
  ])('%s', async (_what, message, path) => {
    expect(await refusal(path())).toContain(message);
  });

  it('never shows what it read', async () => {
    expect(await refusal(folder(changed('index.json', Buffer.from('hunter2'))))).not.toContain('hunter2');
  });

  it.each([
    { User: 1000 },
    { Entrypoint: '/app' },
    { Cmd: [1] },
    { Volumes: ['/data'] },
    { User: 'u'.repeat(5000) },
  ])('with a configuration of another shape: case %#', async (config) => {
    const odd = testImage({ architecture: 'amd64', config });
    expect(await refusal(folder(layoutFiles([odd])))).toContain('The configuration is not valid');
  });

  it('with an architecture that is no name', async () => {
    const odd = testImage({ architecture: 'amd64/../x' });
    expect(await refusal(folder(layoutFiles([odd])))).toContain('architecture');
  });

  it('with a pipe or a folder where a file belongs does not wait for it', async () => {
    const path = folder(changed('index.json', undefined));
    expect(spawnSync('mkfifo', [join(path, 'index.json')]).status).toBe(0);
    expect(await refusal(path)).toContain('neither index.json nor manifest.json');
    const other = folder(changed('index.json', undefined));
    mkdirSync(join(other, 'index.json'));
    expect(await refusal(other)).toContain('neither index.json nor manifest.json');
    expect(await refusal(join(path, 'index.json'))).toContain('neither a file nor a folder');
  });
});

describe('a tar file', () => {
  const whole = tarBytes(layoutFiles([image]));

  it('that ends early is refused', async () => {
    const path = file(whole);
    truncateSync(path, 700);
    expect(await refusal(path)).toContain('The tar file cannot be read');
    expect(await refusal(file(gzipSync(whole).subarray(0, 300)))).toContain('cannot be read');
  });

  it('that is none is refused', async () => {
    for (const bytes of [
      Buffer.from('no tar file'),
      Buffer.alloc(4096, 'x'),
      Buffer.from([0x1f, 0x8b, 8, 0]),
    ])
      expect(await refusal(file(bytes))).toContain('cannot be read');
    expect(await refusal(file(Buffer.alloc(0)))).toMatch(/cannot be read|neither index.json/);
  });

  it('that unpacks to far more than it is, is refused', async () => {
    const bomb = gzipSync(tarBytes([['layer', Buffer.alloc(64 * 2 ** 20)]]), { level: 9 });
    expect(bomb.length).toBeLessThan(100_000);
    expect(await refusal(file(bomb))).toContain('ratio');
  });

  it('with documents that are too many or too large is refused', async () => {
    const large = Buffer.concat([Buffer.from('{'), Buffer.alloc(7 * 2 ** 20, ' ')]);
    const documents = Array.from({ length: 10 }, (_, at) => [`d${at}`, large] as const);
    expect(await refusal(file(tarBytes(documents)))).toContain('larger than 64 MiB');
    const many = Array.from({ length: 10_001 }, (_, at) => [`d${at}`, Buffer.alloc(0)] as const);
    expect(await refusal(file(tarBytes(many)))).toContain('more than 10000 files');
  });

  it('with names that lead out of it is only read', async () => {
    const files = new Map([
      ['../../outside', Buffer.from('{}')],
      ['/absolute/index.json', Buffer.from('{}')],
      ...layoutFiles([image]),
    ]);
    expect(await readLocalImage(file(tarBytes(files)))).toEqual(READ);
  });

  it('whatever bytes it has, is read or refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 600 }),
        fc.boolean(),
        async (at, bytes, compressed) => {
          const broken = Buffer.from(whole);
          Buffer.from(bytes).copy(broken, at);
          const path = file(compressed ? gzipSync(broken) : broken);
          await readLocalImage(path).catch((error: { name: string }) =>
            expect(error.name).toBe('KeelsonError'),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a Docker archive', () => {
  const configuration = jsonBytes({ os: 'linux', architecture: 'amd64', config: CONFIG });
  const name = `registry.example/app:1@sha256:${'1'.repeat(64)}`;

  it('has the digest that it is given, and says so', async () => {
    const path = file(tarBytes(dockerFiles(configuration)));
    expect(await refusal(path)).toContain('does not say under which digest');
    expect(await readLocalImage(path, parseImageReference(name)!)).toEqual({
      digest: `sha256:${'1'.repeat(64)}`,
      facts: {
        platforms: [{ platform: 'linux/amd64', digest: `sha256:${'1'.repeat(64)}`, config: FACTS }],
        asserted: true,
      },
    });
  });

  it('whose configuration is not what its name says is refused', async () => {
    const path = file(tarBytes(dockerFiles(configuration, '2'.repeat(64))));
    expect(await refusal(path, name)).toContain('not what its name says');
  });

  it('with several images, or without the configuration, is refused', async () => {
    const manifest = (...images: readonly string[]) =>
      file(tarBytes([['manifest.json', jsonBytes(images.map((Config) => ({ Config })))]]));
    expect(await refusal(manifest('a.json', 'b.json'), name)).toContain('2 images');
    expect(await refusal(manifest('c.json'), name)).toContain('configuration is missing');
    for (const path of ['../outside', '/etc/hostname', 'a/../../b'])
      expect(await refusal(manifest(path), name)).toContain('no path in the archive');
  });

  it('as a folder with a link out of it shows nothing of what it leads to', async () => {
    const path = folder(new Map([['manifest.json', jsonBytes([{ Config: 'c.json' }])]]));
    const secret = file(Buffer.from('hunter2'), 'secret');
    symlinkSync(secret, join(path, 'c.json'));
    expect(await refusal(path, name)).not.toContain('hunter2');
  });
});
