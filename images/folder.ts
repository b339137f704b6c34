import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { tooLarge, unreadable } from './source';

/** The files of an image that lies in a folder or a tar file. */
export interface ImageFiles {
  readonly name: string;
  /**
   * A file by its path below the root.
   *
   * @returns undefined where there is none
   * @throws KeelsonError (`image/unreadable`) where it is larger than `limit` bytes
   */
  read(path: string, limit: number): Promise<Buffer | undefined>;
}

/** The files of a folder. */
export function folderFiles(folder: string): ImageFiles {
  return { name: folder, read: (path, limit) => readDocument(join(folder, path), limit) };
}

/**
 * A regular file, whole.
 *
 * @returns undefined where there is none, or something else of that name
 * @throws KeelsonError (`image/unreadable`) where it may not be read, or is larger than `limit` bytes
 */
export async function readDocument(path: string, limit: number): Promise<Buffer | undefined> {
  let file;
  try {
    // Without NONBLOCK a pipe of that name would be waited for.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) return undefined;
    if (stat.size > limit) throw tooLarge(path, 'The file', limit);
    const bytes = Buffer.alloc(stat.size);
    const { bytesRead } = await file.read(bytes, 0, stat.size, 0);
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (['ENOENT', 'ENOTDIR', 'ENXIO'].includes(code)) return undefined;
    throw unreadable(path, `It cannot be read (${code}).`, 'Check who may read it.', error);
  } finally {
    await file?.close();
  }
}
