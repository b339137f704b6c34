import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import {
  addImage,
  cached,
  EMPTY_LOCK,
  formatImageLock,
  movedProblem,
  readImage,
  readImageLock,
  readLocalImage,
  RegistrySource,
  type ReadImage,
  type RegistryOptions,
} from '../images';
import { formatImageReference, KeelsonError, throwIfAny, type ImageReference, type Problem } from '../model';
import { writeFileAtomic } from '../pki/files';
import { printable } from '../report/printable';
import { cacheRoot } from '../toolchain/cache';
import { wantedImages, type ImagesFlags, type WantedImage } from './images-options';
import { write } from './print-report';

/**
 * `keelson images add`: reads what images say of themselves and notes it in the lock file, with the digest of each tag. The
 * file is written once, whole, and only if every image could be read.
 *
 * @throws KeelsonError with every image that cannot be read, and every tag that moved without `--update`
 */
export async function addImages(
  sources: readonly string[],
  flags: ImagesFlags,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<void> {
  const wanted = wantedImages(sources, flags);
  const options = registryOptions(flags, env, signal);
  const before = existsSync(flags.file) ? readImageLock(flags.file) : EMPTY_LOCK;
  const problems: Problem[] = [];
  const lines: string[] = [];
  let lock = before;
  for (const one of wanted) {
    try {
      const image = await read(one, options);
      const name = 'reference' in one ? one.reference : one.name;
      const { lock: after, moved } = addImage(lock, image, name);
      lock = after;
      lines.push(...describe(image, name));
      if (moved !== undefined && flags.update !== true) problems.push(movedProblem(moved));
      if (moved !== undefined) lines.push(`  moved from ${moved.from} to ${moved.to}`);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof KeelsonError)) throw error;
      problems.push(...error.problems);
    }
  }
  throwIfAny(problems.map((problem) => ({ ...problem, message: printable(problem.message) })));
  await writeLock(flags.file, formatImageLock(lock));
  await write(process.stdout, `${lines.map(printable).join('\n')}\n`);
}

function read(wanted: WantedImage, options: RegistryOptions): Promise<ReadImage> {
  if ('path' in wanted) return readLocalImage(wanted.path, wanted.name, options.signal);
  const source = new RegistrySource(wanted.reference, options);
  return readImage(cached(source, join(cacheRoot(options.env), 'images')));
}

/** The reference to paste, and what is known of each platform. */
function describe({ digest, facts }: ReadImage, name: ImageReference | undefined): readonly string[] {
  const pinned = name === undefined ? digest : formatImageReference({ ...name, digest });
  return [
    facts.asserted === true ? `${pinned} (the digest is your word: the archive has none)` : pinned,
    ...facts.platforms.map(({ platform, config }) =>
      config === undefined
        ? `  ${platform}: not in the source`
        : `  ${platform}: user ${config.user === '' ? 'root (none named)' : config.user}`,
    ),
  ];
}

function registryOptions(
  { caFile, plainHttp }: ImagesFlags,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): RegistryOptions {
  return {
    env,
    ...(caFile === undefined ? {} : { ca: [...rootCertificates, readCertificates(caFile)] }),
    ...(plainHttp === undefined ? {} : { plainHttp }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function readCertificates(file: string): string {
  let text: string | undefined;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Told below: what is not there has no certificate either.
  }
  if (text?.includes('-----BEGIN CERTIFICATE-----') === true) return text;
  throw new KeelsonError({
    code: 'cli/usage',
    where: '--ca-file',
    message: `${file} holds no certificate.`,
    fix: 'Name a file with the certificate, in PEM, of who signs for the registry.',
  });
}

async function writeLock(file: string, text: string): Promise<void> {
  try {
    await writeFileAtomic(file, text, 0o644);
  } catch (error) {
    throw new KeelsonError(
      {
        code: 'image/lock',
        where: file,
        message: `It cannot be written (${(error as NodeJS.ErrnoException).code}).`,
        fix: 'Name a file that you may write with --file.',
      },
      { cause: error },
    );
  }
}
