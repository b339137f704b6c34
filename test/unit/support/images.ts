import { gzipSync } from 'node:zlib';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Header } from 'tar';
import { digestOf } from '../../../images/source';

/** The `config` of an image, as build tools write it. */
export interface TestConfig {
  readonly User?: unknown;
  readonly Entrypoint?: unknown;
  readonly Cmd?: unknown;
  readonly ExposedPorts?: unknown;
  readonly Volumes?: unknown;
  readonly WorkingDir?: unknown;
  readonly Env?: unknown;
}

/** One platform of a test image. */
export interface TestPlatform {
  readonly architecture: string;
  readonly os?: string;
  readonly variant?: string;
  readonly config?: TestConfig | null;
}

/** Documents by digest, and the digest of the first. */
export interface TestImage {
  readonly digest: string;
  readonly blobs: ReadonlyMap<string, Buffer>;
  /** Digests of the manifests, in the order of the platforms. */
  readonly manifests: readonly string[];
  readonly configs: readonly string[];
}

export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

/** A Buffer with the JSON of a value. */
export const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** An image for these platforms: a manifest alone for one, an index for several. */
export function testImage(...platforms: readonly TestPlatform[]): TestImage {
  const blobs = new Map<string, Buffer>();
  const put = (bytes: Buffer): string => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return digest;
  };
  const layer = gzipSync(Buffer.from('a layer that nobody reads'));
  const layerDigest = put(layer);
  const putManifest = (config: Buffer): string =>
    put(
      jsonBytes({
        schemaVersion: 2,
        mediaType: MANIFEST_TYPE,
        config: { mediaType: CONFIG_TYPE, digest: put(config), size: config.length },
        layers: [
          {
            mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
            digest: layerDigest,
            size: layer.length,
          },
        ],
      }),
    );
  const configs: string[] = [];
  const manifests = platforms.map(({ os = 'linux', architecture, variant, config = {} }) => {
    const configuration = jsonBytes({
      os,
      architecture,
      ...(variant === undefined ? {} : { variant }),
      config,
      rootfs: { type: 'layers', diff_ids: [layerDigest] },
    });
    configs.push(digestOf(configuration));
    return putManifest(configuration);
  });
  if (manifests.length === 1) return { digest: manifests[0]!, blobs, manifests, configs };
  // What builders add beside the platforms, and no node runs.
  const attestation = putManifest(jsonBytes({ os: 'unknown', architecture: 'unknown', config: {} }));
  const index = jsonBytes({
    schemaVersion: 2,
    mediaType: INDEX_TYPE,
    manifests: [
      ...manifests.map((digest, at) => {
        const { os = 'linux', architecture, variant } = platforms[at]!;
        return {
          mediaType: MANIFEST_TYPE,
          digest,
          size: blobs.get(digest)!.length,
          platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
        };
      }),
      {
        mediaType: MANIFEST_TYPE,
        digest: attestation,
        size: blobs.get(attestation)!.length,
        platform: { os: 'unknown', architecture: 'unknown' },
      },
    ],
  });
  return { digest: put(index), blobs, manifests, configs };
}

/** The files of an OCI layout that holds images, by path; several get the names given. */
export function layoutFiles(
  images: readonly TestImage[],
  names: readonly string[] = [],
): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>([['oci-layout', jsonBytes({ imageLayoutVersion: '1.0.0' })]]);
  for (const { blobs } of images)
    for (const [digest, bytes] of blobs) files.set(`blobs/${digest.replace(':', '/')}`, bytes);
  // Last, as it may be in a tar file.
  files.set(
    'index.json',
    jsonBytes({
      schemaVersion: 2,
      manifests: images.map(({ digest, blobs, manifests }, at) => ({
        mediaType: manifests.length === 1 ? MANIFEST_TYPE : INDEX_TYPE,
        digest,
        size: blobs.get(digest)!.length,
        ...(names[at] === undefined
          ? {}
          : { annotations: { 'org.opencontainers.image.ref.name': names[at] } }),
      })),
    }),
  );
  return files;
}

/** The files of a Docker archive with one image. */
export function dockerFiles(
  configuration: Buffer,
  name = digestOf(configuration).slice(7),
): ReadonlyMap<string, Buffer> {
  return new Map([
    [`${name}.json`, configuration],
    ['manifest.json', jsonBytes([{ Config: `${name}.json`, RepoTags: ['app:1'], Layers: [] }])],
  ]);
}

/** Writes files below a folder. */
export function writeFiles(folder: string, files: ReadonlyMap<string, Buffer>): string {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

/** Files as a tar file, with any names, also such as no tool would write. */
export function tarBytes(files: Iterable<readonly [string, Buffer]>): Buffer {
  const parts: Buffer[] = [];
  for (const [path, bytes] of files) {
    const header = new Header({ path, size: bytes.length, mode: 0o644, type: 'File', mtime: new Date(0) });
    header.encode();
    parts.push(header.block!, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512));
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}
