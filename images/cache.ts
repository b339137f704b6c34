import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../pki/files';
import { readDocument } from './folder';
import { digestOf, MAX_BYTES, unreadable, type DocumentKind, type ImageSource } from './source';

/**
 * A source whose documents are kept: what a digest names never changes, so that it is fetched once. What lies in the
 * cache under another digest than its own is fetched again.
 *
 * @param folder where they are kept; made where it is missing
 */
export function cached(source: ImageSource, folder: string): ImageSource {
  return {
    name: source.name,
    resolve: () => source.resolve(),
    fetch: async (digest: string, kind: DocumentKind) => {
      const file = join(folder, digest.replace(':', '-'));
      const kept = await readDocument(file, MAX_BYTES[kind]).catch(() => undefined);
      if (kept !== undefined && digestOf(kept) === digest) return kept;
      const bytes = await source.fetch(digest, kind);
      if (bytes !== undefined && digestOf(bytes) === digest) await keep(file, bytes);
      return bytes;
    },
  };
}

async function keep(file: string, bytes: Buffer): Promise<void> {
  try {
    await writeFileAtomic(file, bytes);
  } catch (error) {
    throw unreadable(
      dirname(file),
      `The cache folder cannot be written (${(error as NodeJS.ErrnoException).code}).`,
      'Make it writable, or set KEELSON_CACHE to a folder that is.',
      error,
    );
  }
}
