import { readdirSync, readFileSync } from 'node:fs';

/** A process that is not mistaken for another one that was given its number later. */
export interface ProcessMark {
  readonly pid: number;
  /** Its start, in ticks since the boot. */
  readonly start: string;
}

/** The mark of a process that runs. */
export function markOf(pid: number): ProcessMark | undefined {
  const start = statOf(pid)?.[19];
  return start === undefined ? undefined : { pid, start };
}

/** Whether exactly that process still runs. */
export function isRunning({ pid, start }: ProcessMark): boolean {
  return markOf(pid)?.start === start;
}

/** Sends a signal to exactly that process, where it runs. */
export function signal(mark: ProcessMark, name: NodeJS.Signals | number): void {
  if (isRunning(mark)) process.kill(mark.pid, name);
}

/** The children of a process with a name. */
export function childrenOf(pid: number, name: string): readonly ProcessMark[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      const stat = statOf(Number(entry));
      return stat?.[1] === String(pid) && commOf(Number(entry)) === name
        ? [{ pid: Number(entry), start: stat[19]! }]
        : [];
    });
}

/** The fields after the name, which may have blanks in it: the first is the state. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields;
  } catch {
    return undefined;
  }
}

function commOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}
