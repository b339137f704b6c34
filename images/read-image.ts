import { formatPlatform, type ImageFacts, type PlatformImage } from '../model';
import { parseConfiguration, parseManifest, type Configuration, type Descriptor } from './document';
import { digestOf, unreadable, type DocumentKind, type ImageSource } from './source';

/** An image that was read. */
export interface ReadImage {
  readonly digest: string;
  readonly facts: ImageFacts;
}

/** Media types of configurations that are those of an image: an artifact (a chart, a signature) runs nowhere. */
const IMAGE_CONFIGS = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];

/**
 * Reads what an image says of itself, on all its platforms. Every document is verified by its digest.
 *
 * @throws KeelsonError (`image/unreadable`) where it is not there, is no image, or is not what its digest says
 */
export async function readImage(source: ImageSource): Promise<ReadImage> {
  const digest = await source.resolve();
  const bytes = await verified(source, digest, 'manifest');
  if (bytes === undefined) throw absent(source, digest);
  const root = parseManifest(bytes, source.name);
  const platforms =
    'manifests' in root
      ? await ofIndex(source, root.manifests)
      : [await ofManifest(source, digest, root.config)];
  if (!platforms.some(({ config }) => config !== undefined)) throw absent(source, digest);
  return { digest, facts: { platforms: platforms.sort(byPlatform) } };
}

async function ofIndex(source: ImageSource, manifests: readonly Descriptor[]): Promise<PlatformImage[]> {
  const images = manifests.filter(isForPlatform);
  if (images.length === 0)
    throw unreadable(
      source.name,
      'The index has no image for a platform.',
      'Name an image, not an artifact.',
    );
  const platforms: PlatformImage[] = [];
  // One after the other: a registry counts requests, and an image has few platforms.
  for (const { digest, platform } of images) {
    const bytes = await verified(source, digest, 'manifest');
    if (bytes === undefined) {
      platforms.push({ platform: nameOf(platform!), digest });
      continue;
    }
    const manifest = parseManifest(bytes, source.name);
    if ('manifests' in manifest)
      throw unreadable(source.name, 'An index stands in an index.', 'Name the inner one by its digest.');
    platforms.push(await ofManifest(source, digest, manifest.config, platform));
  }
  return platforms;
}

/** Attestations stand in an index for the platform unknown/unknown. */
function isForPlatform({ platform }: Descriptor): boolean {
  return platform !== undefined && platform.os !== 'unknown' && platform.architecture !== 'unknown';
}

async function ofManifest(
  source: ImageSource,
  digest: string,
  { digest: configDigest, mediaType }: Descriptor,
  declared?: Descriptor['platform'],
): Promise<PlatformImage> {
  if (mediaType !== undefined && !IMAGE_CONFIGS.includes(mediaType))
    throw unreadable(
      source.name,
      'The manifest is of an artifact, not of an image.',
      'Name an image that a container can run.',
    );
  const bytes = await verified(source, configDigest, 'config');
  if (bytes === undefined) {
    if (declared === undefined) throw absent(source, configDigest);
    return { platform: nameOf(declared), digest };
  }
  return platformImage(digest, parseConfiguration(bytes, source.name));
}

/** The facts of one platform. */
export function platformImage(digest: string, configuration: Configuration): PlatformImage {
  const { os, architecture, variant, ...config } = configuration;
  return { platform: formatPlatform(os, architecture, variant), digest, config };
}

function nameOf({ os, architecture, variant }: NonNullable<Descriptor['platform']>): string {
  return formatPlatform(os, architecture, variant);
}

async function verified(
  source: ImageSource,
  digest: string,
  kind: DocumentKind,
): Promise<Buffer | undefined> {
  const bytes = await source.fetch(digest, kind);
  if (bytes !== undefined && digestOf(bytes) !== digest)
    throw unreadable(
      source.name,
      `What it has as ${digest} has another digest: ${digestOf(bytes)}.`,
      'Do not use the image before you know who changed it.',
    );
  return bytes;
}

function absent(source: ImageSource, digest: string): Error {
  return unreadable(
    source.name,
    `It does not have ${digest}.`,
    'Copy the image again, with all that belongs to it.',
  );
}

function byPlatform(a: PlatformImage, b: PlatformImage): number {
  const [one, other] = [`${a.platform} ${a.digest}`, `${b.platform} ${b.digest}`];
  return one < other ? -1 : one > other ? 1 : 0;
}
