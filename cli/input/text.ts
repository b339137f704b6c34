import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import type { Problem } from '../../model';
import { unreadable } from './files';

/** The largest input that is read, in bytes. A text of 100,000 Deployments is smaller. */
export const MAX_BYTES = 256 * 1024 * 1024;

/** A text, or why it is none. */
export type TextResult = { readonly text: string } | { readonly problem: Problem };

/**
 * Reads a file as UTF-8 text; a byte order mark is left out. Never reads more than `MAX_BYTES`, also of what has no size
 * of its own, such as a pipe.
 */
export function readText(path: string): TextResult {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const chunks: Buffer[] = [];
    for (let size = 0; size <= MAX_BYTES;) {
      const chunk = Buffer.allocUnsafe(1024 * 1024);
      const length = readSync(file, chunk);
      if (length === 0) return asText(path, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
      chunks.push(chunk.subarray(0, length));
      size += length;
    }
    return { problem: tooLarge(path) };
  } catch (error) {
    return { problem: unreadable(path, error) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * Reads a stream as UTF-8 text, as `readText` does.
 *
 * @param name what problems call it
 */
export async function readStream(name: string, stream: AsyncIterable<Buffer>): Promise<TextResult> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > MAX_BYTES) return { problem: tooLarge(name) };
      chunks.push(chunk);
    }
  } catch (error) {
    return { problem: unreadable(name, error) };
  }
  return asText(name, Buffer.concat(chunks));
}

function asText(where: string, bytes: Buffer): TextResult {
  const zero = bytes.indexOf(0);
  if (zero === -1 && isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    return { text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text };
  }
  const isUtf16 = bytes.length > 1 && [0xfeff, 0xfffe].includes(bytes.readUInt16BE(0));
  return {
    problem: {
      code: 'check/unreadable',
      where,
      message: isUtf16 ? 'It is UTF-16.' : 'It is no text in UTF-8.',
      fix: isUtf16 ? 'Save it as UTF-8.' : 'Save it as UTF-8, or leave it out if it is no manifest.',
    },
  };
}

function tooLarge(where: string): Problem {
  return {
    code: 'check/too-large',
    where,
    message: `It is larger than ${MAX_BYTES / 1024 / 1024} MiB.`,
    fix: 'Divide it into several files.',
  };
}
