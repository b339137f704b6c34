import { spawn } from 'node:child_process';
import { onExit } from './exit-hooks';

/** What to run, and its bounds. */
export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  /** @default - the working directory of this process */
  readonly cwd?: string;
  /** Milliseconds after which it is killed. */
  readonly timeout: number;
  /** Kills it when aborted. @default - it is not */
  readonly signal?: AbortSignal;
  /** Called with each line of standard error. @default - none */
  readonly onLine?: (line: string) => void;
}

/** How a command ended. */
export interface RunResult {
  /** The exit code; null where it was killed or could not be started. */
  readonly code: number | null;
  readonly stdout: string;
  /** The last lines of standard error. */
  readonly stderr: string;
  /** Why it has no exit code. @default - it has one */
  readonly failure?: 'timeout' | 'aborted' | 'not started' | 'killed';
}

const KEPT = 16_384;

/**
 * Runs a command in a process group of its own and waits until it has ended. The whole group is killed on timeout, on
 * abort, and when this process exits: a compiler that `go` started does not outlive it. Never throws.
 */
export function run(file: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve) => {
    if (options.signal?.aborted) return resolve({ code: null, stdout: '', stderr: '', failure: 'aborted' });
    let failure: RunResult['failure'];
    let stdout = '';
    let stderr = '';
    let partial = '';
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const kill = (why: RunResult['failure']) => {
      failure ??= why;
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended in the meantime.
      }
    };
    const onAbort = () => kill('aborted');
    const timer = setTimeout(() => kill('timeout'), options.timeout);
    const forget = onExit(() => kill('aborted'));
    options.signal?.addEventListener('abort', onAbort);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (stdout.length < KEPT) stdout = (stdout + text).slice(0, KEPT);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-KEPT);
      const lines = (partial + text).split('\n');
      partial = lines.pop()!.slice(-KEPT);
      for (const line of lines) options.onLine?.(line);
    });
    const end = (code: number | null) => {
      clearTimeout(timer);
      forget();
      options.signal?.removeEventListener('abort', onAbort);
      if (code === null) failure ??= 'killed';
      resolve(failure === undefined ? { code, stdout, stderr } : { code: null, stdout, stderr, failure });
    };
    child.on('error', () => {
      failure ??= 'not started';
      end(null);
    });
    child.on('close', end);
  });
}
