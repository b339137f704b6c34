import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { sha256Of } from './artifacts';

/** What an image is made of. */
export interface ImageSpec {
  /** Name and tag, as who runs it names it. */
  readonly reference: string;
  /** What is started. */
  readonly entrypoint: readonly string[];
  /** The files, by their path in the image. */
  readonly files: Readonly<Record<string, string>>;
  /**
   * The user it says it runs as.
   * @default - none
   */
  readonly user?: string;
}

/** An image that was made: blobs in a folder, each named by its digest. */
export interface MadeImage {
  readonly reference: string;
  /** Of its manifest. */
  readonly digest: string;
  /** Folder with the blobs, `sha256-HEX`. */
  readonly blobs: string;
}

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'keelson', 'images');

/** Media types. Source: OCI image specification. */
const TYPES = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
};

/** Makes an image of files: one layer, the same bytes each time. No daemon and no registry is needed. */
export async function makeImage({ reference, entrypoint, files, user }: ImageSpec): Promise<MadeImage> {
  mkdirSync(CACHE, { recursive: true });
  const digests = await Promise.all(
    Object.entries(files).map(async ([path, file]) => [path, await sha256Of(file)]),
  );
  const key = createHash('sha256')
    .update(JSON.stringify([digests.sort(), entrypoint, user]))
    .digest('hex');
  const blobs = join(CACHE, key.slice(0, 24));
  if (!existsSync(blobs)) {
    const making = mkdtempSync(join(CACHE, 'making-'));
    try {
      await write(making, { reference, entrypoint, files, user });
      if (!existsSync(blobs)) renameSync(join(making, 'blobs'), blobs);
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  }
  return { reference, blobs, digest: readFileSync(join(blobs, 'digest'), 'utf8') };
}

async function write(making: string, { entrypoint, files, user }: ImageSpec): Promise<void> {
  const root = join(making, 'root');
  const blobs = join(making, 'blobs');
  mkdirSync(join(root, 'etc'), { recursive: true });
  mkdirSync(join(root, 'tmp'));
  mkdirSync(blobs);
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534::/:/sbin/nologin\n',
  );
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  for (const [path, file] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(file, join(root, path));
    chmodSync(join(root, path), 0o755);
  }
  const layer = join(making, 'layer.tar');
  await create({ file: layer, cwd: root, portable: true, mtime: new Date(0), noMtime: false }, ['.']);
  const layerDigest = `sha256:${await sha256Of(layer)}`;
  renameSync(layer, join(blobs, layerDigest.replace(':', '-')));
  const blob = (data: unknown): { digest: string; size: number } => {
    const text = JSON.stringify(data);
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    writeFileSync(join(blobs, digest.replace(':', '-')), text);
    return { digest, size: Buffer.byteLength(text) };
  };
  const config = blob({
    architecture: 'amd64',
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: {
      Entrypoint: entrypoint,
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ...(user === undefined ? {} : { User: user }),
    },
    rootfs: { type: 'layers', diff_ids: [layerDigest] },
  });
  const size = statSync(join(blobs, layerDigest.replace(':', '-'))).size;
  const manifest = blob({
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: { mediaType: TYPES.config, ...config },
    layers: [{ mediaType: TYPES.layer, digest: layerDigest, size }],
  });
  writeFileSync(join(blobs, 'digest'), manifest.digest);
}

/** A program of a file system with the libraries that it loads, by their path in an image. */
export function withLibraries(root: string, program: string): Readonly<Record<string, string>> {
  const { stdout } = spawnSync('chroot', [root, 'ldd', program], { encoding: 'utf8' });
  const libraries = [...stdout.matchAll(/(\/\S+\.so\S*)/g)].map((match) => match[1]!);
  const real = (path: string): string =>
    join(root, spawnSync('chroot', [root, 'readlink', '-f', path], { encoding: 'utf8' }).stdout.trim());
  return Object.fromEntries([program, ...libraries].map((path) => [path, real(path)]));
}
