import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ComponentName, ControlPlanePorts } from '../constructs/control-plane';
import { throwIfAny, type Problem } from '../model';
import { LOOPBACK } from './layout';

/** The name of a port, for example `apiServer`. */
export type PortName = keyof ControlPlanePorts;

/** Which component listens on which port. */
export const PORT_OWNERS: Readonly<Record<PortName, ComponentName>> = {
  etcdClient: 'etcd',
  etcdPeer: 'etcd',
  apiServer: 'kube-apiserver',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
};

/**
 * Free ports are chosen from this range: below the one that systems take outgoing connections from (32768 and up), so
 * that a port that is kept for the next start is not lost to one.
 */
const RANGE = { from: 20_000, to: 30_000 };

/** Whether something else listens on a loopback port. */
export async function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => server.close(() => resolve(false)));
  });
}

async function freePort(except: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = randomInt(RANGE.from, RANGE.to);
    if (!except.has(port) && !(await isTaken(port))) return port;
  }
}

/** Whether a port is free, or becomes so soon: a process that was just killed holds its ports a moment longer. */
async function becomesFree(port: number): Promise<boolean> {
  for (const end = Date.now() + 2_000; await isTaken(port);) {
    if (Date.now() > end) return false;
    await sleep(100);
  }
  return true;
}

/** What {@link choosePorts} chooses from. */
export interface PortChoice {
  /** Ports that were asked for by number. */
  readonly wanted?: Partial<ControlPlanePorts>;
  /** Ports of an earlier run, which are kept where they can be. */
  readonly kept?: ControlPlanePorts;
  /** Components that run already, on their kept ports. */
  readonly running: ReadonlySet<ComponentName>;
}

/**
 * A port for each listener: the one asked for, else the one of the earlier run, else a free one. A port that was only
 * kept and that somebody else has taken since is replaced: clients find the new one in the kubeconfig.
 * @throws KeelsonError `local/port` naming every port that was asked for and is taken
 */
export async function choosePorts({ wanted = {}, kept, running }: PortChoice): Promise<ControlPlanePorts> {
  const names = Object.keys(PORT_OWNERS) as PortName[];
  const ours = (name: PortName, port: number): boolean =>
    kept?.[name] === port && running.has(PORT_OWNERS[name]);
  const chosen = new Map<PortName, number>();
  const problems: Problem[] = [];
  for (const name of names) {
    const port = wanted[name];
    if (port === undefined) continue;
    if (!ours(name, port) && (await isTaken(port))) {
      problems.push({
        code: 'local/port',
        where: `${LOOPBACK}:${port}`,
        message: `Port ${port}, asked for as ${name} of the local control plane, is taken.`,
        fix: 'Free it, or ask for another one (or for none: a free one is chosen).',
      });
    }
    chosen.set(name, port);
  }
  throwIfAny(problems);
  for (const name of names) {
    if (chosen.has(name)) continue;
    const others = new Set(chosen.values());
    const port = kept?.[name];
    const keep = port !== undefined && !others.has(port) && (ours(name, port) || (await becomesFree(port)));
    chosen.set(name, keep ? port : await freePort(others));
  }
  return Object.fromEntries(chosen) as unknown as ControlPlanePorts;
}
