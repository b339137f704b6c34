import { stat } from 'node:fs/promises';
import type { ImageReference } from '../model';
import { archiveFiles } from './archive';
import { readDockerArchive } from './docker-archive';
import { folderFiles, type ImageFiles } from './folder';
import { LAYOUT_INDEX, layoutSource } from './layout';
import { readImage, type ReadImage } from './read-image';
import { MAX_BYTES, unreadable } from './source';

/**
 * Reads an image from an OCI layout (a folder, or a tar file, also compressed) or a Docker archive.
 *
 * @param name which of several images, and for a Docker archive its digest
 * @throws KeelsonError (`image/unreadable`)
 */
export async function readLocalImage(
  path: string,
  name?: ImageReference,
  signal?: AbortSignal,
): Promise<ReadImage> {
  try {
    const files = await open(path, signal);
    const isLayout = (await files.read(LAYOUT_INDEX, MAX_BYTES.manifest)) !== undefined;
    const image = await (isLayout ? readImage(layoutSource(files, name)) : readDockerArchive(files, name));
    if (name?.digest === undefined || name.digest === image.digest) return image;
    throw unreadable(
      path,
      `Its digest is ${image.digest}, not ${name.digest}.`,
      'Correct --as, or the path.',
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw unreadable(path, `It cannot be read (${code}).`, 'Check the path, and who may read it.', error);
  }
}

async function open(path: string, signal: AbortSignal | undefined): Promise<ImageFiles> {
  const found = await stat(path);
  if (found.isDirectory()) return folderFiles(path);
  if (found.isFile()) return archiveFiles(path, signal);
  throw unreadable(
    path,
    'It is neither a file nor a folder.',
    'Name a tar file or the folder of an OCI layout.',
  );
}
