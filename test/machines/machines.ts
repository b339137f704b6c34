import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianPackages } from '../tools/debian/debian';
import { Cidr } from '../../model';
import { must, TestMachine } from './machine';
import { markOf, signal } from './processes';
import { machineRootfs } from './rootfs';
import { recordRun, removeLeftovers, removeRun, RUNS, watchRun } from './runs';

/** Machines that run, on a bridge of their own. */
export interface TestMachines {
  readonly machines: readonly TestMachine[];
  /** The address of the bridge, on the host. */
  readonly gateway: string;
  /** The private key that may log in to all of them, as root and as admin. */
  readonly privateKeyFile: string;
  /** Folder of the run. */
  readonly folder: string;
  /** A word that is in the names of all that the run has on the host. */
  readonly run: string;
  /** Ends them and takes everything away. */
  stop(): Promise<void>;
}

/** Why this host cannot boot machines, in one sentence; undefined where it can. */
export function cannotBoot(): string | undefined {
  if (process.platform !== 'linux') return 'machines for tests need Linux';
  if (process.getuid?.() !== 0) return 'machines for tests need root';
  if (!existsSync('/sys/fs/cgroup/memory'))
    return 'machines for tests are made for hosts with cgroup v1 so far';
  // In a network of its own, which is gone with the command.
  const probe = ['--net', 'ip', 'link', 'add', 'kl-probe', 'type', 'bridge'];
  const bridge = spawnSync('unshare', probe, { encoding: 'utf8' });
  if (bridge.status !== 0)
    return `no bridge can be made here: ${(bridge.stderr ?? 'unshare is missing').trim()}`;
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
  const record = { owner: markOf(process.pid)!, run, bridge, folder, names };
  recordRun(record);
  const watch = watchRun(record);
  const remove = (): void => {
    process.removeListener('exit', remove);
    removeRun(record);
    signal(watch, 'SIGTERM');
  };
  process.once('exit', remove);
  try {
    const network = makeBridge(bridge);
    const gateway = `${network}.1`;
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
      await Promise.all(machines.map((machine) => machine.stop()));
      remove();
    };
    return { machines, gateway, privateKeyFile, folder, run, stop };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Makes the bridge, with a network of 254 addresses: three of their four numbers are given back. */
function makeBridge(bridge: string): string {
  must('ip', ['link', 'add', bridge, 'type', 'bridge']);
  for (let tries = 0; tries < 1000; tries++) {
    const [second, third] = randomBytes(2) as unknown as [number, number];
    const network = Cidr.parse(`10.${second}.${third}.0/24`)!;
    if ([...routes(), ...RESERVED].some((other) => meet(other, network))) continue;
    const address = [`10.${second}.${third}.1/24`, 'dev', bridge];
    must('ip', ['address', 'add', ...address]);
    must('ip', ['link', 'set', bridge, 'up']);
    // Another run may have chosen the same at the same time: both see it then, and choose anew.
    if (routes().filter((other) => other.equals(network)).length === 1) return `10.${second}.${third}`;
    must('ip', ['address', 'delete', ...address]);
  }
  throw new Error('There is no network free on this host.');
}

/** The usual ranges of pods and Services. */
const RESERVED = ['10.244.0.0/16', '10.96.0.0/12'].map((text) => Cidr.parse(text)!);

/** Where this host has a way to, other than the way to everywhere. */
function routes(): readonly Cidr[] {
  const { stdout } = spawnSync('ip', ['-4', 'route', 'show', 'table', 'all'], { encoding: 'utf8' });
  return [...stdout.matchAll(/^(?:\w+ )?(\d+\.[\d./]+) /gm)]
    .map((match) => Cidr.parseAny(match[1]!)?.masked())
    .filter((range) => range !== undefined);
}

function meet(one: Cidr, other: Cidr): boolean {
  return one.containsCidr(other) || other.containsCidr(one);
}
