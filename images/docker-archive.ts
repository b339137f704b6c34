import type { ImageReference } from '../model';
import { json, parseConfiguration, parsed } from './document';
import type { ImageFiles } from './folder';
import { platformImage, type ReadImage } from './read-image';
import { MAX_BYTES, unreadable, digestOf } from './source';
import { zod } from '../model/zod';

/** The file of a Docker archive that says what is in it. */
const DOCKER_MANIFEST = 'manifest.json';

/**
 * Reads an image from a Docker archive (`docker save` before it wrote OCI layouts). Such an archive has no manifest, so
 * nothing in it shows the digest under which a cluster pulls the image: that is the word of whoever names it, and the facts
 * say so.
 *
 * @param name the image's name, with its digest
 */
export async function readDockerArchive(files: ImageFiles, name?: ImageReference): Promise<ReadImage> {
  const bytes = await files.read(DOCKER_MANIFEST, MAX_BYTES.manifest);
  if (bytes === undefined)
    throw unreadable(
      files.name,
      'It has neither index.json nor manifest.json.',
      'Name an OCI layout, or a tar file of an image.',
    );
  const images = parsed(schema(), json(bytes, files.name, DOCKER_MANIFEST), files.name, DOCKER_MANIFEST);
  if (images.length !== 1)
    throw unreadable(
      files.name,
      `The archive has ${images.length} images.`,
      'Save each image to a file of its own.',
    );
  if (name?.digest === undefined)
    throw unreadable(
      files.name,
      'A Docker archive does not say under which digest its image is pulled.',
      'Say it with --as NAME:TAG@sha256:…, or save the image as an OCI layout.',
    );
  const [{ Config: path }] = images as [{ Config: string }];
  const config = await files.read(path, MAX_BYTES.config);
  if (config === undefined)
    throw unreadable(files.name, 'Its configuration is missing.', 'Save the image again.');
  const stated = /([0-9a-f]{64})(?:\.json)?$/.exec(path)?.[1];
  if (stated !== undefined && digestOf(config) !== `sha256:${stated}`)
    throw unreadable(
      files.name,
      'Its configuration is not what its name says.',
      'Do not use the image before you know who changed it.',
    );
  return {
    digest: name.digest,
    facts: {
      platforms: [platformImage(name.digest, parseConfiguration(config, files.name))],
      asserted: true,
    },
  };
}

function schema() {
  const z = zod();
  // A path below the archive, as all tools write it: `HEX.json`, `blobs/sha256/HEX`, `sha256:HEX`.
  const path = z.string().regex(/^(?!\/)(?!.*\.\.)[\w.:/-]{1,256}$/, 'It is no path in the archive');
  return z.array(z.object({ Config: path })).max(1000);
}
