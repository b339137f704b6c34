/** What images say of themselves, as data: read once by `keelson images add`, and known at synth from then on. */

/** What an image is configured to do. Its environment is not kept: it may hold secrets, and nothing asks for it. */
export interface ImageConfig {
  /** The user as it stands there, for example `1000`, `1000:1000`, `nginx`; empty for root. */
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  /** Ports that it says it opens, for example `8080/tcp`. */
  readonly exposedPorts: readonly string[];
  /** Folders that it says it writes to. */
  readonly volumes: readonly string[];
  /** Empty for `/`. */
  readonly workingDir: string;
}

/** An image for one platform. */
export interface PlatformImage {
  /** Operating system and architecture as Go names them, and the variant where there is one: `linux/arm64/v8`. */
  readonly platform: string;
  /** Digest of its manifest. */
  readonly digest: string;
  /** @default - it was not in the source, as with a tar file that was made for one platform */
  readonly config?: ImageConfig;
}

/** An image as a digest names it: for one platform or for several. */
export interface ImageFacts {
  /** Sorted by platform. */
  readonly platforms: readonly PlatformImage[];
  /**
   * The digest is the word of whoever added it: the source (a Docker archive) has no manifest that could show it.
   *
   * @default - the content was verified by the digest
   */
  readonly asserted?: true;
}

/** What is known of images: the content of the lock file, `images.json`. */
export interface ImageLock {
  /** The digest that each tag stood for when it was looked at, by whole name: `registry.example/app:1`. */
  readonly tags: Readonly<Record<string, string>>;
  /** Facts by digest, whatever the repository: a mirror has the same image. */
  readonly images: Readonly<Record<string, ImageFacts>>;
}

/** The user and group that an image runs as. */
export interface ImageUser {
  /** From 1 to 2147483647. */
  readonly uid: number;
  /** @default - the image names none, or not by number */
  readonly gid?: number;
}

/** The largest user or group id that Kubernetes takes. */
const HIGHEST_ID = 2 ** 31 - 1;

/** What a platform is called. */
export function formatPlatform(os: string, architecture: string, variant = ''): string {
  return [os, architecture, ...(variant === '' ? [] : [variant])].join('/');
}

/** Operating system and architecture of a platform. */
export function partsOfPlatform(platform: string): { readonly os: string; readonly architecture: string } {
  const [os = '', architecture = ''] = platform.split('/');
  return { os, architecture };
}

/** What is known of a digest: of an image, or of one of its platforms. */
export function factsOf(lock: ImageLock, digest: string): ImageFacts | undefined {
  if (Object.hasOwn(lock.images, digest)) return lock.images[digest];
  for (const { platforms } of Object.values(lock.images)) {
    const platform = platforms.find((one) => one.digest === digest);
    if (platform !== undefined) return { platforms: [platform] };
  }
  return undefined;
}

/** What a configured user is: `root`, a number, or a name of which only the image knows the number. */
export function configuredUser(user: string): 'root' | 'named' | ImageUser {
  const [name = '', group] = user.split(':');
  if (name === '' || name === 'root') return 'root';
  const uid = idOf(name);
  if (uid === undefined) return 'named';
  if (uid === 0) return 'root';
  const gid = group === undefined ? undefined : idOf(group);
  return gid === undefined ? { uid } : { uid, gid };
}

function idOf(text: string): number | undefined {
  if (!/^[0-9]{1,10}$/.test(text)) return undefined;
  const id = Number(text);
  return id <= HIGHEST_ID ? id : undefined;
}

/**
 * The numeric user that an image runs as, for a workload that takes the image's own.
 *
 * @param platform only this platform, for example `linux/amd64`; otherwise all that are known have to agree
 * @returns undefined where it is root, a name, not known, or not the same on all platforms
 */
export function userOf({ platforms }: ImageFacts, platform?: string): ImageUser | undefined {
  const asked = platforms.filter((one) => platform === undefined || one.platform === platform);
  const users = asked.map(({ config }) => (config === undefined ? 'named' : configuredUser(config.user)));
  const [first, ...others] = users;
  if (first === undefined || typeof first === 'string') return undefined;
  const same = others.every(
    (other) => typeof other !== 'string' && other.uid === first.uid && other.gid === first.gid,
  );
  return same ? first : undefined;
}
