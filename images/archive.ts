import { createReadStream } from 'node:fs';
import { Parser, type ReadEntry } from 'tar';
import type { ImageFiles } from './folder';
import { MAX_BYTES, tooLarge, unreadable } from './source';

/** How far a tar file may unpack: real images stay far below, and a bomb reaches a thousand. */
const MOST_UNPACKED = 200;

/** The most bytes of documents that are kept of one tar file, and the most files. */
const MAX_KEPT = 64 * 2 ** 20;
const MOST_FILES = 10_000;

/**
 * The files of a tar file, compressed or not, that may be documents of an image; nothing is unpacked to disk. It is read
 * once, from its beginning to its end: a tar file has no order that could be relied on, and layers are passed over.
 *
 * @throws KeelsonError (`image/unreadable`) where it is no tar file, ends early, or unpacks to far more than it is
 */
export async function archiveFiles(path: string, signal?: AbortSignal): Promise<ImageFiles> {
  const files = await read(path, signal);
  return {
    name: path,
    read: async (name, limit) => {
      const bytes = files.get(name);
      if (bytes !== undefined && bytes.length > limit) throw tooLarge(path, name, limit);
      return bytes;
    },
  };
}

async function read(path: string, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const stream = createReadStream(path, { signal });
  let entries = 0;
  let kept = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      const onReadEntry = (entry: ReadEntry): void => {
        entries += 1;
        if (entries > MOST_FILES) reject(new Error(`it has more than ${MOST_FILES} files`));
        const name = entry.path.replace(/^(?:\.\/)+/, '');
        collect(entry, (bytes) => {
          kept += bytes.length;
          if (kept > MAX_KEPT) reject(new Error(`its documents are larger than ${MAX_KEPT / 2 ** 20} MiB`));
          // The first of a name counts: whoever appends to a file cannot change what it says.
          else if (!files.has(name)) files.set(name, bytes);
        });
      };
      const parser = new Parser({ strict: true, maxDecompressionRatio: MOST_UNPACKED, onReadEntry });
      parser.on('error', reject).on('end', resolve);
      stream.on('error', reject).pipe(parser as unknown as NodeJS.WritableStream);
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(
      path,
      `The tar file cannot be read: ${(error as Error).message.slice(0, 200)}.`,
      'Save the image again; it has to be a whole tar file, compressed with gzip or not at all.',
      error,
    );
  } finally {
    stream.destroy();
  }
  return files;
}

/** Hands over the content of a file that looks like JSON and is not too large for a document; drains every other. */
function collect(entry: ReadEntry, done: (bytes: Buffer) => void): void {
  if (entry.type !== 'File' || entry.size > MAX_BYTES.config) {
    entry.resume();
    return;
  }
  let chunks: Buffer[] | undefined = [];
  entry.on('data', (chunk: Buffer) => {
    if (chunks?.length === 0 && !/^\s*[{[]/.test(chunk.toString('latin1', 0, 64))) chunks = undefined;
    chunks?.push(chunk);
  });
  entry.on('end', () => {
    if (chunks !== undefined) done(Buffer.concat(chunks));
  });
}
