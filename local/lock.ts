import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { KeelsonError } from '../model';

/** How long a run waits for another one on the same state folder, in ms. */
const PATIENCE = 120_000;

/** A lock that nobody refreshed for so long, in ms, belongs to a run that was killed. */
const STALE = 10_000;

/**
 * Runs the work while no other run works on the same state folder; makes the folder (mode 0700) where it is missing.
 * @throws KeelsonError `cli/state` when the folder cannot be written or another run holds on to it
 */
export async function withLock<T>(
  stateDir: string,
  work: () => Promise<T>,
  options: { readonly signal?: AbortSignal; readonly onWait?: () => void } = {},
): Promise<T> {
  const release = await acquire(stateDir, options);
  try {
    return await work();
  } finally {
    // What released it before us is a run that took this one for dead; there is nothing left to release.
    await release().catch(() => undefined);
  }
}

async function acquire(
  stateDir: string,
  { signal, onWait }: { readonly signal?: AbortSignal; readonly onWait?: () => void },
): Promise<() => Promise<void>> {
  let waiting = false;
  for (const end = Date.now() + PATIENCE; ;) {
    signal?.throwIfAborted();
    try {
      // Each time anew: the run that held the lock may have removed the folder.
      await mkdir(stateDir, { recursive: true, mode: 0o700 });
      return await lock(stateDir, {
        lockfilePath: join(stateDir, '.lock'),
        realpath: false,
        stale: STALE,
        update: STALE / 4,
        onCompromised: () => undefined,
      });
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' && Date.now() < end) continue;
      if (code !== 'ELOCKED') throw notWritable(stateDir, cause);
      if (Date.now() > end) throw busy(stateDir, cause);
      if (!waiting) onWait?.();
      waiting = true;
      await sleep(200);
    }
  }
}

function notWritable(stateDir: string, cause: unknown): KeelsonError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new KeelsonError(
    {
      code: 'cli/state',
      where: stateDir,
      message: `The state folder cannot be written (${reason}).`,
      fix: 'Make it writable for you, or choose another folder.',
    },
    { cause },
  );
}

function busy(stateDir: string, cause: unknown): KeelsonError {
  return new KeelsonError(
    {
      code: 'cli/state',
      where: stateDir,
      message: `Another run has been working on this state folder for ${PATIENCE / 1000} s.`,
      fix: 'Wait for it or end it, then run this again.',
    },
    { cause },
  );
}
