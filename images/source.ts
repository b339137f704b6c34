import { createHash } from 'node:crypto';
import { KeelsonError } from '../model';

/** What a document of an image is: an index or manifest, or a configuration. */
export type DocumentKind = 'manifest' | 'config';

/**
 * The largest documents that are read, in bytes: what registries take as a manifest at most, and a configuration far over
 * the largest one seen.
 */
export const MAX_BYTES: Readonly<Record<DocumentKind, number>> = {
  manifest: 4 * 2 ** 20,
  config: 8 * 2 ** 20,
};

/** Where an image is read from. */
export interface ImageSource {
  /** What messages call it: a reference or a path. */
  readonly name: string;
  /** The digest of the image: of its index, or of its manifest. */
  resolve(): Promise<string>;
  /**
   * A document by its digest; never more than `MAX_BYTES`. Who asks checks the digest.
   *
   * @returns undefined where the source does not have it
   */
  fetch(digest: string, kind: DocumentKind): Promise<Buffer | undefined>;
}

/** `sha256:…` of bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** An image that cannot be read. */
export function unreadable(where: string, message: string, fix: string, cause?: unknown): KeelsonError {
  return new KeelsonError({ code: 'image/unreadable', where, message, fix }, { cause });
}

/** A document that is larger than what is read. */
export function tooLarge(where: string, what: string, limit: number): KeelsonError {
  return unreadable(
    where,
    `${what} is larger than ${limit / 2 ** 20} MiB.`,
    'No image has such a document: find out who made it.',
  );
}
