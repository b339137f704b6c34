import type { Manifest } from '../../constructs';
import {
  configuredUser,
  factsOf,
  formatImageReference,
  parseImageReference,
  partsOfPlatform,
  type ImageFacts,
  type ImageLock,
  type ImageReference,
  type PlatformImage,
} from '../../model';
import { missingPlatforms, possiblePlatforms } from './platforms';
import { containersOf, fields, list, podOf, security, type PodContainer } from './pod';

/** In what an image does not fit its workload. */
export type Unfitness =
  'root' | 'refused' | 'platform' | 'nothing-to-start' | 'unmounted-volume' | 'moved-tag';

/** An image that does not fit its workload. */
export interface ImageProblem {
  readonly what: Unfitness;
  /** @default - it is an image that is mounted as a volume */
  readonly container?: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  readonly fix: string;
}

/**
 * In what the images of an object do not fit it, by what is known of them. Nothing is said of an image without facts, nor of
 * what only Pulumi knows.
 *
 * - `root`: the container would run as root, because it says so, or says nothing and the image does (POD-1, POD-6)
 * - `refused`: the kubelet would refuse to start it, because `runAsNonRoot` does not hold or cannot be verified
 * - `platform`: the pod may run on nodes that the image is not made for
 * - `nothing-to-start`: neither the container nor the image names a program
 * - `unmounted-volume`: the image says that it writes to a folder, the root is read-only, and nothing is mounted there
 * - `moved-tag`: the reference has another digest than the lock file has for its tag
 */
export function imageProblems(manifest: Manifest, lock: ImageLock): readonly ImageProblem[] {
  const pod = podOf(manifest);
  if (pod === undefined) return [];
  const mounted = list(pod['volumes']).map((volume) => fields(fields(volume)['image'])['reference']);
  return [
    ...containersOf(pod).flatMap((container) => {
      const reference = referenceOf(container.container['image']);
      if (reference?.digest === undefined) return [];
      const facts = factsOf(lock, reference.digest);
      const found = [
        ...movedTag(reference, lock),
        ...(facts === undefined ? [] : unfitFor(container, facts, formatImageReference(reference))),
      ];
      return found.map((problem) => ({ ...problem, container: container.name }));
    }),
    ...mounted.flatMap((image) => {
      const reference = referenceOf(image);
      return reference === undefined ? [] : movedTag(reference, lock);
    }),
  ];
}

function referenceOf(image: unknown): ImageReference | undefined {
  return typeof image === 'string' ? parseImageReference(image) : undefined;
}

function movedTag(reference: ImageReference, lock: ImageLock): readonly ImageProblem[] {
  const { digest, tag, ...name } = reference;
  if (tag === undefined || digest === undefined) return [];
  const tagged = formatImageReference({ ...name, tag });
  const locked = Object.hasOwn(lock.tags, tagged) ? lock.tags[tagged] : undefined;
  const isSame = locked === undefined || locked === digest;
  if (isSame || lock.images[locked]?.platforms.some((platform) => platform.digest === digest)) return [];
  return [
    {
      what: 'moved-tag',
      message: `${tagged} is pinned to ${digest}, and the lock file has ${locked} for it.`,
      fix: 'Pin the digest of the lock file, or take the other one into it with `keelson images add --update`.',
    },
  ];
}

function unfitFor(container: PodContainer, facts: ImageFacts, image: string): readonly ImageProblem[] {
  const possible = possiblePlatforms(container.pod, facts);
  return [
    ...runsAsRoot(container, possible, image),
    ...wrongPlatform(container, facts, image),
    ...startsNothing(container, possible, image),
    ...unmountedVolumes(container, possible, image),
  ];
}

/** What a container runs as, and what the kubelet makes of it. */
function runsAsRoot(
  container: PodContainer,
  platforms: readonly PlatformImage[],
  image: string,
): readonly ImageProblem[] {
  const asked = security(container, 'runAsUser');
  const nonRoot = security(container, 'runAsNonRoot') === true;
  if (asked !== undefined && asked !== 0) return [];
  const users = platforms.flatMap(({ platform, config }) =>
    config === undefined || partsOfPlatform(platform).os === 'windows' ? [] : [config.user],
  );
  const root = users.find((user) => configuredUser(user) === 'root');
  const named = users.find((user) => configuredUser(user) === 'named');
  const fix =
    'Set runAsUser to the number of another user (`user` of a hardened workload), or take an image that is not root.';
  if (asked === 0 || root !== undefined) {
    const why =
      asked === 0
        ? 'runAsUser is 0'
        : `the user of ${image} is ${root === '' ? 'root, as it names none' : `"${root}"`}`;
    if (nonRoot)
      return [
        {
          what: 'refused',
          message: `The kubelet refuses to start it: runAsNonRoot is true, and ${why}.`,
          fix,
        },
      ];
    // Root of a user namespace is nobody on the node: the controls let it pass, too.
    return container.pod['hostUsers'] === false
      ? []
      : [{ what: 'root', message: `It would run as root: ${why}.`, fix }];
  }
  if (named === undefined || !nonRoot) return [];
  return [
    {
      what: 'refused',
      message: `The kubelet refuses to start it: runAsNonRoot is true, and of the user "${named}" of ${image} it does not know the number.`,
      fix: 'Set runAsUser to the number of that user (`user` of a hardened workload), or build the image with a numeric USER.',
    },
  ];
}

function wrongPlatform({ pod }: PodContainer, facts: ImageFacts, image: string): readonly ImageProblem[] {
  const missing = missingPlatforms(pod, facts);
  if (missing.length === 0) return [];
  const has = facts.platforms.map(({ platform }) => platform).join(', ');
  return [
    {
      what: 'platform',
      message: `The pod may run on ${missing.join(' and ')}, and ${image} is made for ${has}.`,
      fix: 'Correct the node selector or the affinity, or take an image that is made for these nodes.',
    },
  ];
}

function startsNothing(
  { container }: PodContainer,
  platforms: readonly PlatformImage[],
  image: string,
): readonly ImageProblem[] {
  if (says(container['command']) || says(container['args'])) return [];
  const isEmpty = platforms.some(
    ({ config }) => config !== undefined && config.entrypoint.length === 0 && config.cmd.length === 0,
  );
  if (!isEmpty) return [];
  return [
    {
      what: 'nothing-to-start',
      message: `It starts nothing: it has no command, and ${image} has neither entrypoint nor command.`,
      fix: 'Name the program in `command`.',
    },
  ];
}

/** Whether a list says something, or may: a value that only Pulumi knows is no list yet. */
function says(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

function unmountedVolumes(
  container: PodContainer,
  platforms: readonly PlatformImage[],
  image: string,
): readonly ImageProblem[] {
  if (security(container, 'readOnlyRootFilesystem') !== true) return [];
  const mounts = list(container.container['volumeMounts']).map((mount) => fields(mount)['mountPath']);
  const volumes = new Set(platforms.flatMap(({ config }) => config?.volumes ?? []));
  const open = [...volumes].filter((volume) => !mounts.some((mount) => isBelow(volume, mount)));
  if (open.length === 0) return [];
  return [
    {
      what: 'unmounted-volume',
      message: `${image} says that it writes to ${open.join(', ')}, and the root file system is read-only there.`,
      fix: 'Declare it writable (`writable` of a hardened workload), or mount a volume there.',
    },
  ];
}

/** Whether a folder is another one or lies below it; a path that only Pulumi knows may be above any. */
function isBelow(folder: string, above: unknown): boolean {
  if (typeof above !== 'string') return true;
  const normal = (path: string): string =>
    `/${path
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/')}/`;
  return normal(folder).startsWith(above === '/' ? '/' : normal(above));
}
