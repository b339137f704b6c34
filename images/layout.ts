import type { ImageReference } from '../model';
import { indexSchema, jsonObject, parsed, type Descriptor } from './document';
import type { ImageFiles } from './folder';
import { MAX_BYTES, unreadable, type ImageSource } from './source';

/** The file of an OCI layout that says what is in it. */
export const LAYOUT_INDEX = 'index.json';

/** What tools note beside an image in a layout: the tag or the whole name of it. */
const NAME_ANNOTATIONS = ['org.opencontainers.image.ref.name', 'io.containerd.image.name'];

/**
 * An image in an OCI layout, in a folder or a tar file.
 *
 * @param wanted the name of the image to take where the layout has several
 */
export function layoutSource(files: ImageFiles, wanted?: ImageReference): ImageSource {
  return {
    name: files.name,
    resolve: async () => {
      const bytes = await files.read(LAYOUT_INDEX, MAX_BYTES.manifest);
      if (bytes === undefined)
        throw unreadable(files.name, 'It has no index.json.', 'Name the root of an OCI layout.');
      const data = jsonObject(bytes, files.name, LAYOUT_INDEX);
      return choose(parsed(indexSchema(), data, files.name, LAYOUT_INDEX).manifests, files.name, wanted);
    },
    fetch: (digest, kind) => files.read(`blobs/${digest.replace(':', '/')}`, MAX_BYTES[kind]),
  };
}

function choose(images: readonly Descriptor[], where: string, wanted: ImageReference | undefined): string {
  const fitting = images.filter((image) => images.length === 1 || fits(image, wanted));
  const digests = [...new Set(fitting.map(({ digest }) => digest))];
  if (digests.length === 1) return digests[0]!;
  const names = images.flatMap((image) => namesOf(image)).slice(0, 10);
  throw unreadable(
    where,
    images.length === 0
      ? 'The layout has no image.'
      : `The layout has ${images.length} images${names.length === 0 ? '' : `, among them ${names.join(', ')}`}.`,
    images.length === 0 ? 'Name another layout.' : 'Say with --as NAME:TAG or NAME@sha256:… which one.',
  );
}

/** Whether it is the image that is wanted: by digest, by its whole name, or by the tag alone. */
function fits(image: Descriptor, wanted: ImageReference | undefined): boolean {
  if (wanted === undefined) return false;
  if (wanted.digest !== undefined) return image.digest === wanted.digest;
  const { registry, repository, tag } = wanted;
  return namesOf(image).some((name) => name === tag || name === `${registry}/${repository}:${tag}`);
}

function namesOf({ annotations = {} }: Descriptor): readonly string[] {
  return NAME_ANNOTATIONS.flatMap((key) => annotations[key] ?? []);
}
