import { readFileSync } from 'node:fs';
import type { ZodType } from 'zod';
import { IMAGE_DIGEST, KeelsonError, parseImageReference, type ImageLock, type Problem } from '../model';
import { zod } from '../model/zod';

/** The lock file of images, unless it is said otherwise. */
export const LOCK_FILE = 'images.json';

/** A lock file that holds nothing. */
export const EMPTY_LOCK: ImageLock = { tags: {}, images: {} };

/**
 * Reads what is known of images, for `new KeelsonApp({ images: readImageLock('images.json') })`.
 *
 * @throws KeelsonError (`image/lock`) where it cannot be read, or names everything in it that is not valid
 */
export function readImageLock(file: string = LOCK_FILE): ImageLock {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new KeelsonError(
      lockProblem(
        file,
        code === undefined ? 'It is no JSON.' : `It cannot be read (${code}).`,
        'Name the file that `keelson images add` wrote; it can be written again by that command.',
      ),
      { cause: error },
    );
  }
  return parseImageLock(data, file);
}

/**
 * A lock from data.
 *
 * @param source where it comes from, for messages
 * @throws KeelsonError (`image/lock`) naming every field that is missing, unknown or not valid
 */
export function parseImageLock(data: unknown, source: string): ImageLock {
  const parsed = schema().safeParse(data);
  if (parsed.success) return parsed.data;
  const fix = 'Correct it, or remove the entry and run `keelson images add` for it again.';
  throw new KeelsonError(
    parsed.error.issues
      .slice(0, 100)
      .map(({ path, message }) =>
        lockProblem([source, path.map(String).join('.')].join(': '), `${message}.`, fix),
      ),
  );
}

/** The text of a lock file: the same for the same content, one value a line, so that a change can be reviewed. */
export function formatImageLock({ tags, images }: ImageLock): string {
  return `${JSON.stringify({ tags: sorted(tags), images: sorted(images) }, null, 2)}\n`;
}

function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function lockProblem(where: string, message: string, fix: string): Problem {
  return { code: 'image/lock', where, message, fix };
}

function schema(): ZodType<ImageLock> {
  const z = zod();
  const digest = z.string().regex(IMAGE_DIGEST, 'It is no SHA-256 digest');
  const texts = z.array(z.string());
  const tag = z.string().refine((text) => {
    const reference = parseImageReference(text);
    return reference?.tag !== undefined && reference.digest === undefined;
  }, 'It is no name of an image with a tag');
  const config = z.strictObject({
    user: z.string(),
    entrypoint: texts,
    cmd: texts,
    exposedPorts: texts,
    volumes: texts,
    workingDir: z.string(),
  });
  const platform = z.strictObject({
    platform: z.string().regex(/^[^/\s]+\/[^/\s]+(?:\/[^/\s]+)?$/, 'It is no platform, such as linux/amd64'),
    digest,
    config: config.optional(),
  });
  const facts = z.strictObject({
    platforms: z.array(platform).min(1),
    asserted: z.literal(true).optional(),
  });
  return z
    .strictObject({ tags: z.record(tag, digest), images: z.record(digest, facts) })
    .superRefine(({ tags, images }, context) => {
      for (const [name, locked] of Object.entries(tags)) {
        if (!Object.hasOwn(images, locked))
          context.addIssue({
            code: 'custom',
            path: ['tags', name],
            message: `There are no facts of ${locked}`,
          });
      }
    }) as ZodType<ImageLock>;
}
