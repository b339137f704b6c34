import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { COMPONENT_NAMES, type ComponentName } from '../constructs/control-plane';
import { identify, terminate, type ProcessIdentity } from './process';

/** A component that runs on a state folder without being in its record. */
export interface Stray extends ProcessIdentity {
  readonly name: ComponentName;
}

/**
 * Components that were started on a state folder and are in no record: a run that is killed outright between starting a
 * process and noting it leaves one. They are known by their executable's name and by the folder in their arguments.
 */
export function findStrays(stateDir: string, recorded: readonly ProcessIdentity[]): readonly Stray[] {
  const known = new Set(recorded.map(({ pid }) => pid));
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && !known.has(Number(entry)))
    .flatMap((entry) => {
      const identity = identify(Number(entry));
      const name = COMPONENT_NAMES.find((component) => component === basename(identity?.executable ?? ''));
      if (identity === undefined || name === undefined) return [];
      return usesFolder(identity.pid, stateDir) ? [{ ...identity, name }] : [];
    });
}

function usesFolder(pid: number, stateDir: string): boolean {
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return args.some((arg) => arg.slice(arg.indexOf('=') + 1).startsWith(`${stateDir}/`));
  } catch {
    // It ended while it was looked at.
    return false;
  }
}

/** Ends every stray of a state folder; returns the names of those that ended, last to be started first. */
export async function endStrays(
  stateDir: string,
  recorded: readonly ProcessIdentity[],
  grace: number,
): Promise<readonly ComponentName[]> {
  const strays = [...findStrays(stateDir, recorded)].sort((a, b) => order(b) - order(a));
  const ended: ComponentName[] = [];
  for (const stray of strays) if (await terminate(stray, grace)) ended.push(stray.name);
  return ended;
}

function order({ name }: Stray): number {
  return COMPONENT_NAMES.indexOf(name);
}
