import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { debianPackages } from '../tools/debian/debian';
import { disposeMachine, must, TestMachine } from './machine';
import { isRunning, markOf, signal, type ProcessMark } from './processes';
import { machineRootfs } from './rootfs';

/** Machines that run, on a bridge of their own. */
export interface TestMachines {
  readonly machines: readonly TestMachine[];
  /** The address of the bridge, on the host. */
  readonly gateway: string;
  /** The private key that may log in to all of them, as root and as admin. */
  readonly privateKeyFile: string;
  /** Folder of the run. */
  readonly folder: string;
  /** Ends them and takes everything away. */
  stop(): Promise<void>;
}

/** What a run leaves for the next one to find, where it did not come to its end. */
interface RunRecord {
  readonly owner: ProcessMark;
  readonly run: string;
  readonly bridge: string;
  readonly folder: string;
  readonly names: readonly string[];
}

const RUNS = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'keelson', 'machines');

/** Why this host cannot boot machines, in one sentence; undefined where it can. */
export function cannotBoot(): string | undefined {
  if (process.platform !== 'linux') return 'machines for tests need Linux';
  if (process.getuid?.() !== 0) return 'machines for tests need root';
  if (!existsSync('/sys/fs/cgroup/memory'))
    return 'machines for tests are made for hosts with cgroup v1 so far';
  const bridge = spawnSync('ip', ['link', 'add', 'kl-probe', 'type', 'bridge'], { encoding: 'utf8' });
  if (bridge.status !== 0) return `no bridge can be made here: ${(bridge.stderr ?? 'ip is missing').trim()}`;
  spawnSync('ip', ['link', 'delete', 'kl-probe']);
  const nspawn = debianPackages(['systemd-container', 'libsystemd-shared']);
  if ('reason' in nspawn) return nspawn.reason;
  const rootfs = machineRootfs();
  return 'reason' in rootfs ? rootfs.reason : undefined;
}

/** Boots machines; what runs before left behind is taken away first. */
export async function bootMachines(names: readonly string[]): Promise<TestMachines> {
  const reason = cannotBoot();
  if (reason !== undefined) throw new Error(reason);
  removeLeftovers();
  const run = randomBytes(3).toString('hex');
  const bridge = `kl-${run}`;
  const folder = join(RUNS, run);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const record: RunRecord = { owner: markOf(process.pid)!, run, bridge, folder, names };
  writeFileSync(join(RUNS, `${run}.json`), JSON.stringify(record));
  const onExit = (): void => remove(record);
  process.once('exit', onExit);
  try {
    const network = freeNetwork();
    const gateway = `${network}.1`;
    must('ip', ['link', 'add', bridge, 'type', 'bridge']);
    must('ip', ['address', 'add', `${gateway}/24`, 'dev', bridge]);
    must('ip', ['link', 'set', bridge, 'up']);
    const privateKeyFile = join(folder, 'key');
    must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', privateKeyFile]);
    const { root: nspawn } = debianPackages(['systemd-container', 'libsystemd-shared']) as { root: string };
    const { root: rootfs } = machineRootfs() as { root: string };
    const hosts = names.map((name, at) => [name, `${network}.${11 + at}`] as const);
    const authorizedKey = readFileSync(`${privateKeyFile}.pub`, 'utf8').trim();
    const machines = hosts.map(
      ([name, address]) =>
        new TestMachine({
          name,
          address,
          gateway,
          bridge,
          run,
          nspawn,
          rootfs,
          authorizedKey,
          hosts,
          folder: join(folder, name),
        }),
    );
    await Promise.all(machines.map((machine) => machine.start()));
    const stop = async (): Promise<void> => {
      process.removeListener('exit', onExit);
      await Promise.all(machines.map((machine) => machine.stop()));
      remove(record);
    };
    return { machines, gateway, privateKeyFile, folder, stop };
  } catch (error) {
    process.removeListener('exit', onExit);
    remove(record);
    throw error;
  }
}

/** Takes away what runs left whose process is gone. */
export function removeLeftovers(): void {
  if (!existsSync(RUNS)) return;
  for (const file of readdirSync(RUNS).filter((name) => name.endsWith('.json'))) {
    const record = JSON.parse(readFileSync(join(RUNS, file), 'utf8')) as RunRecord;
    if (!isRunning(record.owner)) remove(record);
  }
}

/** Ends all machines of a run hard, and takes away what it has on the host. */
function remove({ run, bridge, folder, names }: RunRecord): void {
  for (const name of names) {
    const mark = join(folder, name, 'container.json');
    // The machine ends with the process that started it: all of it is below that one.
    if (existsSync(mark)) endContainer(JSON.parse(readFileSync(mark, 'utf8')) as ProcessMark);
    disposeMachine({ folder: join(folder, name), run, name });
  }
  spawnSync('ip', ['link', 'delete', bridge]);
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(RUNS, `${run}.json`), { force: true });
}

function endContainer(mark: ProcessMark): void {
  if (!isRunning(mark)) return;
  signal(mark, 'SIGKILL');
  for (let tries = 0; tries < 100 && isRunning(mark); tries++) spawnSync('sleep', ['0.05']);
}

/** A network of 254 addresses that meets no route of the host, nor the usual ranges of pods and Services. */
function freeNetwork(): string {
  const { stdout } = spawnSync('ip', ['-4', 'route', 'show', 'table', 'all'], { encoding: 'utf8' });
  for (let tries = 0; tries < 1000; tries++) {
    const [second, third] = randomBytes(2) as unknown as [number, number];
    const network = `10.${second}.${third}`;
    if (
      second !== 96 &&
      second !== 244 &&
      !stdout.includes(`${network}.`) &&
      !stdout.includes(`10.${second}.0.0/16`)
    )
      return network;
  }
  throw new Error('There is no network free on this host.');
}
