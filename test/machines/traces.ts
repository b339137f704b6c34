import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What names a machine has on the host. */
export interface MachineTraces {
  /** A word of the run. */
  readonly run: string;
  /** The name of the machine. */
  readonly name: string;
  /** Folder of what it keeps. */
  readonly folder: string;
}

const HIERARCHIES = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids', 'systemd'];

/** What has to be taken away of a machine that does not run, whoever started it. */
export function disposeMachine(machine: MachineTraces): void {
  const root = join(machine.folder, 'root');
  for (let tries = 0; tries < 20 && isMounted(root); tries++) spawnSync('umount', ['--lazy', root]);
  removeCgroups(machine);
  rmSync(join('/run/systemd/nspawn/propagate', nspawnName(machine)), { recursive: true, force: true });
  if (!isMounted(root)) rmSync(machine.folder, { recursive: true, force: true, maxRetries: 5 });
}

/** One group for each machine in each hierarchy; in that of memory below our own, whose limit holds for it, too. */
export function cgroupsOf(machine: Pick<MachineTraces, 'run' | 'name'>): readonly string[] {
  const own = /^\d+:memory:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '';
  const group = groupOf(machine);
  return [
    ...HIERARCHIES.map(
      (hierarchy) =>
        `/sys/fs/cgroup/${hierarchy}${hierarchy === 'memory' && own !== '/' ? own : ''}/${group}`,
    ),
    `/sys/fs/cgroup/unified/${group}`,
  ];
}

/** Ends all its processes hard: those that are in its groups. */
export function endProcesses(machine: Pick<MachineTraces, 'run' | 'name'>): void {
  const group = groupOf(machine);
  const { stdout } = spawnSync('find', [
    ...['/sys/fs/cgroup/systemd', '-path', `*/${group}/*`, '-name', 'cgroup.procs'],
    ...['-exec', 'cat', '{}', '+'],
  ]);
  // The kernel says 0 for a process that it does not show us, which to kill() means ourselves.
  const pids = String(stdout)
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 1);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It was gone before.
    }
  }
}

/** Takes its groups away, and those of its pods below them. They are looked for: who cleans up may be in another group than who started. */
export function removeCgroups(machine: Pick<MachineTraces, 'run' | 'name'>): void {
  const group = groupOf(machine);
  const find = ['/sys/fs/cgroup', '-depth', '-type', 'd'];
  const which = ['(', '-path', `*/${group}`, '-o', '-path', `*/${group}/*`, ')'];
  // A group goes when the last process of it is really gone, which may be a moment after its end.
  for (let tries = 0; tries < 100; tries++) {
    spawnSync('find', [...find, ...which, '-exec', 'rmdir', '{}', ';']);
    if (spawnSync('find', [...find, ...which], { encoding: 'utf8' }).stdout === '') return;
    spawnSync('sleep', ['0.1']);
  }
}

/** Its name for systemd-nspawn, which calls after it what it makes on the host: machines of other runs may have the same name. */
export function nspawnName({ run, name }: Pick<MachineTraces, 'run' | 'name'>): string {
  return `${run}-${name}`;
}

/** Whether something is mounted there. */
export function isMounted(path: string): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === path);
}

function groupOf({ run, name }: Pick<MachineTraces, 'run' | 'name'>): string {
  return `keelson-${run}-${name}`;
}
