import { ADMINISTRATORS_GROUP, type ComponentName } from '../constructs/control-plane';
import { KeelsonError } from '../model';
import { ensureAdministrators } from './access';
import { healthPath, servingPort } from './control-plane';
import { startFailure } from './failure';
import { answers, waitUntil, type TlsIdentity } from './health';
import { logFile } from './layout';
import type { PreparedControlPlane } from './prepare';
import { isRunning, spawnDetached, terminate } from './process';
import { writeState, type ProcessRecord } from './state';

/** How long a component may take to come up, in ms; a busy machine needs far more than a quiet one's two seconds. */
const START_TIMEOUT = 90_000;

/** How long a component that runs already may take to answer before it counts as hung, in ms. */
const ANSWER_TIMEOUT = 5_000;

/** How long a component may take to end after SIGTERM, in ms. */
export const STOP_GRACE = 15_000;

/** Brings up the components of one state folder, and remembers which of them it started. */
export class Launch {
  /** What was started by this launch, in that order. */
  public readonly started: ProcessRecord[] = [];
  private readonly records: Map<ComponentName, ProcessRecord>;
  private saving: Promise<void> = Promise.resolve();

  public constructor(
    private readonly stateDir: string,
    private readonly prepared: PreparedControlPlane,
    running: readonly ProcessRecord[],
    private readonly progress: (line: string) => void,
    private readonly abort?: AbortSignal,
  ) {
    this.records = new Map(running.map((record) => [record.name, record]));
  }

  /** Everything that runs now, in the order of the components. */
  public get processes(): readonly ProcessRecord[] {
    return Object.keys(this.prepared.components).flatMap(
      (name) => this.records.get(name as ComponentName) ?? [],
    );
  }

  /**
   * Starts what does not run, or runs with other settings than it should, each as soon as what it needs answers.
   * @throws KeelsonError `local/start` or `local/port` when a component does not come up
   */
  public async run(): Promise<void> {
    await this.bringUp('etcd');
    await this.bringUp('kube-apiserver');
    await this.grant();
    await settle([this.bringUp('kube-controller-manager'), this.bringUp('kube-scheduler')]);
    await this.awaitServiceAccount();
  }

  /** Stops what this launch started, last first, and keeps the record of what runs on. */
  public async undo(): Promise<void> {
    for (const record of [...this.started].reverse()) {
      await terminate(record, STOP_GRACE);
      this.records.delete(record.name);
    }
    await this.save();
  }

  /** Writes the record of ports and processes; two writes at once keep their order, so that no record is lost. */
  public async save(): Promise<void> {
    const write = (): Promise<void> =>
      writeState(this.stateDir, {
        cryptography: this.prepared.cryptography,
        ports: this.prepared.layout.ports,
        processes: this.processes,
      });
    this.saving = this.saving.then(write, write);
    await this.saving;
  }

  private async bringUp(name: ComponentName): Promise<void> {
    if (await this.isFine(name)) return;
    const { executable, args, environment, digest } = this.prepared.components[name];
    this.abort?.throwIfAborted();
    this.progress(`starting ${name}`);
    const log = logFile(this.stateDir, name);
    const began = Date.now();
    const child = await spawnDetached({
      executable,
      args,
      environment,
      cwd: this.stateDir,
      logFile: log,
    }).catch((cause: NodeJS.ErrnoException) => {
      throw startFailure(name, `it cannot be executed (${cause.code})`, log, this.prepared.secrets);
    });
    const { pid, startedAt } = child;
    const record: ProcessRecord = { name, pid, startedAt, executable: child.executable, digest };
    this.records.set(name, record);
    this.started.push(record);
    await this.save();
    const problem = await waitUntil(() => this.ready(name), {
      timeout: START_TIMEOUT,
      giveUp: child.ended,
      signal: this.abort,
    });
    if (problem !== undefined) throw startFailure(name, problem, log, this.prepared.secrets);
    this.progress(`${name} is ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }

  /** Whether a component runs with the right settings and answers; one that does not is stopped. */
  private async isFine(name: ComponentName): Promise<boolean> {
    const record = this.records.get(name);
    if (record === undefined) return false;
    const wanted = this.prepared.components[name].digest === record.digest;
    const wait = { timeout: ANSWER_TIMEOUT, signal: this.abort };
    if (wanted && (await waitUntil(() => this.ready(name), wait)) === undefined) return true;
    this.progress(`restarting ${name}, ${wanted ? 'which does not answer' : 'whose settings changed'}`);
    if (!(await terminate(record, STOP_GRACE))) {
      throw new KeelsonError({
        code: 'local/stop',
        where: name,
        message: `Process ${record.pid} does not end.`,
        fix: 'End it by hand, then run this again.',
      });
    }
    this.records.delete(name);
    return false;
  }

  private async ready(name: ComponentName): Promise<boolean> {
    const record = this.records.get(name);
    // Before its own process is looked at, somebody else's on the same port could answer in its place.
    if (record === undefined || !isRunning(record)) return false;
    const tls = name === 'etcd' ? this.identity('etcd/ca', 'apiserver-etcd-client') : this.identity('ca');
    return answers(servingPort(name, this.prepared.layout.ports), healthPath(name), tls);
  }

  private async grant(): Promise<void> {
    const authority = this.prepared.pki.get('ca');
    if (authority === undefined) throw new TypeError('There is no cluster CA.');
    try {
      await ensureAdministrators(this.prepared.layout.ports.apiServer, this.admin, authority);
    } catch (cause) {
      throw new KeelsonError(
        {
          code: 'local/start',
          where: 'kube-apiserver',
          message: `The administrators' role ${ADMINISTRATORS_GROUP} could not be granted.`,
          fix: 'Look at the cause, then run this again.',
        },
        { cause },
      );
    }
  }

  private async awaitServiceAccount(): Promise<void> {
    const path = '/api/v1/namespaces/default/serviceaccounts/default';
    const check = (): Promise<boolean> => answers(this.prepared.layout.ports.apiServer, path, this.admin);
    const problem = await waitUntil(check, { timeout: START_TIMEOUT, signal: this.abort });
    if (problem === undefined) return;
    const log = logFile(this.stateDir, 'kube-controller-manager');
    const reason = `it made no default service account (${problem})`;
    throw startFailure('kube-controller-manager', reason, log, this.prepared.secrets);
  }

  private get admin(): TlsIdentity {
    return this.identity('ca', 'kubeconfig/admin');
  }

  private identity(authority: string, name?: string): TlsIdentity {
    const pair = name === undefined ? undefined : this.prepared.pki.get(name);
    return {
      ca: this.prepared.pki.get(authority)?.certificate ?? '',
      certificate: pair?.certificate,
      privateKey: pair?.privateKey,
    };
  }
}

/** Waits for all, then throws the first failure: nothing may still be starting while a failed start is undone. */
async function settle(all: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(all)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
