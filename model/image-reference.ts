/** Names of container images, by the rules of the distribution project (the reference grammar and Docker's defaults). */

/** The name of an image, whole: what was left out is filled in. */
export interface ImageReference {
  /** Host and port of the registry, for example `docker.io` or `registry.example:5000`. */
  readonly registry: string;
  /** Path in the registry, for example `library/nginx`. */
  readonly repository: string;
  /** @default - none was given; `latest` is not filled in, because nobody said it */
  readonly tag?: string;
  /** `sha256:` and 64 hexadecimal digits. @default - none was given */
  readonly digest?: string;
}

/** The registry of names that have none. */
export const DEFAULT_REGISTRY = 'docker.io';

/** A SHA-256 digest as images use it. */
export const IMAGE_DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The longest name (registry and repository) that registries take, in characters. */
const LONGEST_NAME = 255;

const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const REGISTRY = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?$`);
const PATH_PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** A name that could as well be the id of an image on the node; Docker takes no such name. */
const IMAGE_ID = /^[0-9a-f]{64}$/;

/**
 * Reads the name of an image: `[registry/]repository[:tag][@sha256:…]`.
 *
 * @returns undefined where it is none
 */
export function parseImageReference(text: string): ImageReference | undefined {
  // Nothing valid is longer, and no expression below has to look at more.
  if (text.length > LONGEST_NAME + 256) return undefined;
  const [tagged = '', digest, ...more] = text.split('@');
  if (more.length > 0 || (digest !== undefined && !IMAGE_DIGEST.test(digest))) return undefined;
  const colon = tagged.lastIndexOf(':');
  const hasTag = colon > tagged.lastIndexOf('/');
  const name = hasTag ? tagged.slice(0, colon) : tagged;
  const tag = hasTag ? tagged.slice(colon + 1) : undefined;
  if ((tag !== undefined && !TAG.test(tag)) || IMAGE_ID.test(name)) return undefined;
  const { registry, repository } = splitName(name);
  if (!REGISTRY.test(registry) || `${registry}/${repository}`.length > LONGEST_NAME) return undefined;
  if (!repository.split('/').every((part) => PATH_PART.test(part))) return undefined;
  return {
    registry,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The first part is a registry if it cannot be the first part of a path. */
function splitName(name: string): Pick<ImageReference, 'registry' | 'repository'> {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isRegistry = /[.:A-Z]/.test(first) || first === 'localhost';
  const registry = isRegistry ? first : DEFAULT_REGISTRY;
  const repository = isRegistry ? name.slice(slash + 1) : name;
  if (registry !== DEFAULT_REGISTRY && registry !== 'index.docker.io') return { registry, repository };
  return {
    registry: DEFAULT_REGISTRY,
    repository: repository.includes('/') ? repository : `library/${repository}`,
  };
}

/** The whole name: registry, repository, and tag and digest where there are any. */
export function formatImageReference({ registry, repository, tag, digest }: ImageReference): string {
  return [
    `${registry}/${repository}`,
    tag === undefined ? '' : `:${tag}`,
    digest === undefined ? '' : `@${digest}`,
  ].join('');
}
