import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ControlPlanePorts } from '../constructs/control-plane';
import { KeelsonError } from '../model';
import { describeControlPlane, type LocalControlPlane, type LocalTools } from './control-plane';
import { interrupted } from './failure';
import { Launch, STOP_GRACE } from './launch';
import { withLock } from './lock';
import { choosePorts, PORT_OWNERS, type PortName } from './ports';
import { prepare, resolveExecutables, type LocalSettings } from './prepare';
import { isRunning } from './process';
import { removeFolders, removeOwned } from './remove';
import { readState } from './state';
import { endStrays } from './strays';

/** Options of {@link startLocalControlPlane}. */
export interface StartOptions extends LocalSettings {
  /** Folder for keys, data and logs; made with mode 0700 where it is missing. */
  readonly stateDir: string;
  /** The executables. */
  readonly tools: LocalTools;
  /**
   * Ports to listen on; each that is not given is chosen.
   * @default - those of the earlier start, else free ones
   */
  readonly ports?: Partial<ControlPlanePorts>;
  /**
   * Is told what happens, a line at a time.
   * @default - nobody is told
   */
  readonly progress?: (line: string) => void;
  /**
   * Interrupts the start: what it started is stopped before it throws.
   * @default - it cannot be interrupted
   */
  readonly signal?: AbortSignal;
}

/**
 * Starts a hardened control plane on loopback: etcd, kube-apiserver, kube-controller-manager and kube-scheduler as
 * processes that outlive this one. Where they run already and answer, nothing is started; what died, or runs with other
 * settings, is started again on the same data. A start that fails stops what it started; a first start that fails also
 * removes what it made.
 * @throws KeelsonError `tool/missing`, `cli/state`, `local/port`, `local/start` or `local/stop`
 */
export async function startLocalControlPlane(
  options: StartOptions,
): Promise<LocalControlPlane & { readonly alreadyRunning: boolean }> {
  requireLinux();
  const stateDir = resolve(options.stateDir);
  const tools = await resolveExecutables(options.tools);
  const topmost = await firstMissing(stateDir);
  const progress = options.progress ?? (() => undefined);
  try {
    return await withLock(stateDir, () => startOnFreePorts(stateDir, tools, progress, options), {
      signal: options.signal,
      onWait: () => progress('waiting for another run on the same state folder'),
    });
  } catch (error) {
    if (topmost !== undefined) await removeFolders(stateDir, topmost);
    throw options.signal?.aborted === true ? interrupted(error) : error;
  }
}

/** How often ports are chosen anew because one was taken between the choice and the start. */
const PORT_RETRIES = 2;

/** Between a port's choice and its use somebody else can take it. Unless it was asked for by number, others are as good. */
async function startOnFreePorts(
  ...[stateDir, tools, progress, options]: Parameters<typeof startLocked>
): ReturnType<typeof startLocked> {
  for (let retries = PORT_RETRIES; ; retries--) {
    try {
      return await startLocked(stateDir, tools, progress, options);
    } catch (error) {
      if (retries === 0 || !lostChosenPort(error, options.ports ?? {})) throw error;
      progress('a port was taken by another process: choosing anew');
    }
  }
}

/** Whether a component did not come up for a port, and none of its ports was asked for by number. */
function lostChosenPort(error: unknown, wanted: Partial<ControlPlanePorts>): boolean {
  if (!(error instanceof KeelsonError)) return false;
  const askedFor = (Object.keys(wanted) as PortName[]).map((name) => PORT_OWNERS[name]);
  return error.problems.every(
    ({ code, where }) =>
      code === 'local/port' &&
      Object.values(PORT_OWNERS).some((owner) => owner === where && !askedFor.includes(owner)),
  );
}

async function startLocked(
  stateDir: string,
  tools: LocalTools,
  progress: (line: string) => void,
  options: StartOptions,
): Promise<LocalControlPlane & { readonly alreadyRunning: boolean }> {
  const { ports: wanted, signal } = options;
  const state = await readState(stateDir);
  const running = (state?.processes ?? []).filter(isRunning);
  for (const name of await endStrays(stateDir, running, STOP_GRACE)) progress(`ended a stray ${name}`);
  const ports = await choosePorts({
    wanted,
    kept: state?.ports,
    running: new Set(running.map(({ name }) => name)),
  });
  const fresh = state === undefined && !existsSync(join(stateDir, 'etcd', 'member'));
  let launch: Launch | undefined;
  try {
    signal?.throwIfAborted();
    const prepared = await prepare(stateDir, ports, tools, fresh, options);
    launch = new Launch(stateDir, prepared, running, progress, signal);
    await launch.save();
    await launch.run();
  } catch (error) {
    await launch?.undo();
    if (fresh) await removeOwned(stateDir);
    throw error;
  }
  const found = describeControlPlane(stateDir, {
    cryptography: options.controlPlane?.cryptography,
    ports,
    processes: launch.processes,
  });
  return { ...found, alreadyRunning: launch.started.length === 0 };
}

/** The topmost folder on the way to this one that does not exist yet: what is made on the way can be removed again. */
async function firstMissing(path: string): Promise<string | undefined> {
  if (existsSync(path)) return undefined;
  const above = dirname(path);
  return (await firstMissing(above)) ?? path;
}

function requireLinux(): void {
  if (process.platform === 'linux') return;
  throw new KeelsonError({
    code: 'local/start',
    where: 'local control plane',
    message: `It runs on Linux; this is ${process.platform}.`,
    fix: 'Use a Linux machine, or give the kubeconfig of another cluster.',
  });
}
