import { lstat, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { download, DownloadFailed, type DownloadLimits } from './download';
import type { ReleaseFile } from './pins';
import { run } from './run';

const UNPACK_TIMEOUT = 5 * 60_000;
const MEGABYTE = 1_000_000;

/** One release to fetch. */
export interface ReleaseFetch {
  readonly file: ReleaseFile;
  /** The file to write the executable to. */
  readonly output: string;
  /** An empty folder for the archive. */
  readonly scratch: string;
  readonly limits: DownloadLimits;
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Called at most about once a second, with the seconds so far and what has arrived. */
  readonly onTick: (seconds: number, message: string) => void;
}

/**
 * Fetches a release, verifies it, and takes the executable out of it: that one member of the archive and nothing else.
 *
 * @throws DownloadFailed where it cannot be had or unpacked; WrongDigest where it is not the pinned file.
 */
export async function fetchRelease(fetch: ReleaseFetch): Promise<void> {
  const { file, output, scratch, signal } = fetch;
  const started = Date.now();
  let told = 0;
  const archive = join(scratch, 'download');
  fetch.onTick(0, new URL(file.url).host);
  await download(file, archive, {
    limits: fetch.limits,
    signal,
    onBytes: (bytes, size) => {
      if (Date.now() - told < 1000) return;
      told = Date.now();
      const of = size === undefined ? '' : ` of ${Math.ceil(size / MEGABYTE)}`;
      fetch.onTick((told - started) / 1000, `${Math.floor(bytes / MEGABYTE)}${of} MB`);
    },
  });
  if (file.member === undefined) return rename(archive, output);
  const result = await run('tar', ['-xf', archive, '-C', scratch, '--no-same-owner', file.member], {
    env: fetch.env,
    timeout: UNPACK_TIMEOUT,
    signal,
  });
  signal?.throwIfAborted();
  const member = join(scratch, file.member);
  const found = result.code === 0 && (await lstat(member).catch(() => undefined))?.isFile();
  if (found !== true) throw new DownloadFailed(`${file.member} cannot be taken out of ${file.url}`);
  await rename(member, output);
}
