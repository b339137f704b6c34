import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { COMPONENT_NAMES } from '../constructs/control-plane';
import { throwIfAny, type Problem } from '../model';
import { STOP_GRACE } from './launch';
import { withLock } from './lock';
import { isRunning, terminate } from './process';
import { removeFolders, removeOwned } from './remove';
import { readState, writeState, type ProcessRecord } from './state';
import { endStrays } from './strays';

/** Options of {@link stopLocalControlPlane}. */
export interface StopOptions {
  /**
   * Whether to remove keys, data and logs as well. Nothing else in the state folder is touched.
   * @default false
   */
  readonly remove?: boolean;
}

/**
 * Stops a local control plane, last started first, and waits until its processes are gone. Stopping what does not run is
 * no error. A process is only signalled after it was made sure that it is the one that was started.
 * @returns names of the components that were stopped
 * @throws KeelsonError `local/stop` naming every process that does not end, `cli/state`
 */
export async function stopLocalControlPlane(
  stateDir: string,
  options: StopOptions = {},
): Promise<{ readonly stopped: readonly string[] }> {
  const folder = resolve(stateDir);
  if (!existsSync(folder)) return { stopped: [] };
  const stopped = await withLock(folder, () => stopLocked(folder, options));
  if (options.remove === true) await removeFolders(folder, folder);
  return { stopped };
}

async function stopLocked(stateDir: string, options: StopOptions): Promise<readonly string[]> {
  const state = await readState(stateDir);
  const running = (state?.processes ?? []).filter(isRunning).sort((a, b) => order(b) - order(a));
  const stopped: string[] = [];
  const problems: Problem[] = [];
  for (const record of running) {
    if (await terminate(record, STOP_GRACE)) stopped.push(record.name);
    else problems.push(stillThere(record));
  }
  stopped.push(...(await endStrays(stateDir, running, STOP_GRACE)));
  const left = running.filter(({ name }) => !stopped.includes(name));
  if (state !== undefined) await writeState(stateDir, { ...state, processes: left });
  throwIfAny(problems);
  if (options.remove === true) await removeOwned(stateDir);
  return stopped;
}

function order({ name }: ProcessRecord): number {
  return COMPONENT_NAMES.indexOf(name);
}

function stillThere({ name, pid }: ProcessRecord): Problem {
  return {
    code: 'local/stop',
    where: name,
    message: `Process ${pid} does not end, not even after SIGKILL.`,
    fix: 'Look at what holds it, then run this again.',
  };
}
