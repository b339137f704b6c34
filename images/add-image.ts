import { formatImageReference, type ImageLock, type ImageReference, type Problem } from '../model';
import type { ReadImage } from './read-image';

/** A tag that stands for another image than before. */
export interface MovedTag {
  readonly tag: string;
  readonly from: string;
  readonly to: string;
}

/** A lock with an image added to it. */
export interface Added {
  readonly lock: ImageLock;
  /** @default - no tag, a new one, or the same as before */
  readonly moved?: MovedTag;
}

/**
 * Adds an image to a lock: its facts, and the digest of its tag. What is known of other digests stays: a workload may still
 * be pinned to one.
 *
 * @param name how it was named; a tag is noted where it has one
 */
export function addImage(lock: ImageLock, image: ReadImage, name?: ImageReference): Added {
  const images = { ...lock.images, [image.digest]: image.facts };
  if (name?.tag === undefined) return { lock: { ...lock, images } };
  const { registry, repository, tag: plain } = name;
  const tag = formatImageReference({ registry, repository, tag: plain });
  const from = Object.hasOwn(lock.tags, tag) ? lock.tags[tag] : undefined;
  const added = { tags: { ...lock.tags, [tag]: image.digest }, images };
  if (from === undefined || from === image.digest) return { lock: added };
  return { lock: added, moved: { tag, from, to: image.digest } };
}

/** A tag that moved, where nobody said that this is wanted. */
export function movedProblem({ tag, from, to }: MovedTag): Problem {
  return {
    code: 'image/lock',
    where: tag,
    message: `The tag has moved from ${from} to ${to}.`,
    fix: 'Find out why; then take it with --update, and pin the new digest in the workloads.',
  };
}
