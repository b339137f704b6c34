import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readdirSync, readlinkSync, renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process, told from any other that is ever given its id: ids are used again, and quickly. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Boot of the machine and start of the process in clock ticks since then. */
  readonly startedAt: string;
  /** The executable it runs, links resolved. */
  readonly executable: string;
}

/** The process that has an id now; undefined where there is none, or only what is left of one that ended. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || ticks === undefined) return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const executable = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
    return { pid, startedAt: `${boot}/${ticks}`, executable };
  } catch {
    // It has ended, or it is somebody else's: not the one we look for.
    return undefined;
  }
}

/** Whether the very process still runs. */
export function isRunning(process: ProcessIdentity): boolean {
  const now = identify(process.pid);
  return now?.startedAt === process.startedAt && now.executable === process.executable;
}

/** Sends a signal, but only to the very process; returns whether it was there. */
export function signal(target: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(target)) return false;
  try {
    process.kill(target.pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/**
 * Whether threads of a process are still ending after its first one has: until they have, its ports and files are held.
 */
function lingers({ pid, startedAt }: ProcessIdentity): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return startedAt.endsWith(`/${ticks}`) && readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

/** Ends a process: SIGTERM, after `grace` ms SIGKILL; returns whether it is gone within another 5 s. */
export async function terminate(target: ProcessIdentity, grace: number): Promise<boolean> {
  for (const [name, patience] of [
    ['SIGTERM', grace],
    ['SIGKILL', 5_000],
  ] as const) {
    signal(target, name);
    for (const end = Date.now() + patience; Date.now() < end;) {
      if (!isRunning(target) && !lingers(target)) return true;
      await sleep(25);
    }
  }
  return !isRunning(target);
}

/** What {@link spawnDetached} starts. */
export interface SpawnOptions {
  readonly executable: string;
  readonly args: readonly string[];
  /** Variables of its environment, besides the path of programs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Working folder. */
  readonly cwd: string;
  /** Where standard output and error go, mode 0600; what an earlier process wrote is kept beside it as `.previous`. */
  readonly logFile: string;
}

/** A process that was just started. */
export interface SpawnedProcess extends ProcessIdentity {
  /** How it ended, for example `exit code 1`; undefined while it runs. */
  readonly ended: () => string | undefined;
}

/**
 * Starts a process that outlives this one: its own session, no terminal, files that it creates private to the user
 * (umask 077), and nothing of this process's environment.
 * @throws Error when the executable cannot be run
 */
export async function spawnDetached(options: SpawnOptions): Promise<SpawnedProcess> {
  try {
    renameSync(options.logFile, `${options.logFile}.previous`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const log = openSync(options.logFile, 'a', 0o600);
  const umask = process.umask(0o077);
  let ended: string | undefined;
  try {
    const child = spawn(options.executable, options.args, {
      cwd: options.cwd,
      detached: true,
      env: { PATH: '/usr/bin:/bin', ...options.environment },
      stdio: ['ignore', log, log],
    });
    child.once('exit', (code, name) => (ended = name === null ? `exit code ${code}` : name));
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    failed.catch(() => undefined);
    if (child.pid === undefined) return await failed;
    child.unref();
    // One that ended at once leaves no identity; it is never signalled and `ended` tells how it went.
    const identity = identify(child.pid) ?? { pid: child.pid, startedAt: '', executable: '' };
    return { ...identity, ended: () => ended };
  } finally {
    process.umask(umask);
    closeSync(log);
  }
}
