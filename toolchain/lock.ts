import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

/** Milliseconds without a sign of life after which a lock is taken to be left behind. */
const STALE = 20_000;
const UPDATE = 4_000;
const POLL = 500;

/** How a lock is taken. */
export interface LockOptions {
  readonly signal?: AbortSignal;
  /** Called about twice a second while another run holds the lock, with the seconds waited so far. */
  readonly onWait: (seconds: number) => void;
}

/**
 * Runs `work` while no other run works on the same file. The lock of a run that was killed is taken over after 20 s.
 *
 * @param work gets a signal that is aborted with the caller's, or when the lock was lost (a machine that slept).
 */
export async function withLock<T>(
  file: string,
  options: LockOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const lost = new AbortController();
  const signal = options.signal === undefined ? lost.signal : AbortSignal.any([options.signal, lost.signal]);
  const started = Date.now();
  let release: (() => Promise<void>) | undefined;
  while (release === undefined) {
    options.signal?.throwIfAborted();
    try {
      release = await lock(file, {
        realpath: false,
        stale: STALE,
        update: UPDATE,
        onCompromised: () => lost.abort(new Error(`the lock ${file}.lock was lost`)),
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      options.onWait((Date.now() - started) / 1000);
      await sleep(POLL, undefined, { signal: options.signal });
    }
  }
  try {
    return await work(signal);
  } finally {
    await release().catch(() => undefined);
  }
}
