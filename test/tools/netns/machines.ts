import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Nft } from '../debian/nft';

/** A port that is listened on. */
export interface Listening {
  readonly protocol: string;
  readonly port: number;
  readonly host: string;
}

/** A connection that is tried. */
export interface Attempt {
  readonly protocol: string;
  readonly port: number;
  readonly from: string;
  readonly to: string;
}

/**
 * A machine of the test: a process in a network namespace of its own. The namespace has no name, and goes with the process, which ends
 * when its input does: nothing is left behind, however the test ends.
 */
export class Machine {
  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly answers: AsyncIterator<string>,
  ) {}

  /** Makes one, with nothing but loopback. */
  public static async make(): Promise<Machine> {
    const child = spawn('unshare', ['--net', process.execPath, join(__dirname, 'peer.mjs')]);
    child.stderr.pipe(process.stderr);
    const machine = new Machine(child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    await machine.listen([]);
    machine.run('ip', ['link', 'set', 'lo', 'up']);
    return machine;
  }

  /** The process whose network it is. */
  public get pid(): number {
    return this.process.pid!;
  }

  /** Runs a program in its network; what it prints. */
  public run(
    name: string,
    args: readonly string[],
    input = '',
    env: NodeJS.ProcessEnv = process.env,
  ): string {
    const inside = [`--net=/proc/${this.pid}/ns/net`, name, ...args];
    const { status, stdout, stderr } = spawnSync('nsenter', inside, { input, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name} ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** The hardware address of an interface. */
  public hardwareAddress(name: string): string {
    return /link\/ether (\S+)/.exec(this.run('ip', ['link', 'show', 'dev', name]))?.[1] ?? '';
  }

  /** Sets a kernel setting of its own network, for example `net/ipv4/ip_forward`. */
  public set(setting: string, value: string): void {
    if (!setting.startsWith('net/')) throw new Error(`${setting} would be that of the host`);
    this.run('sh', ['-c', `echo ${value} > /proc/sys/${setting}`]);
  }

  /** Loads a ruleset into it. */
  public load({ path, env }: Nft, ruleset: string): void {
    this.run(path, ['-f', '-'], ruleset, { ...env });
  }

  /** Answers on all ports from now on. */
  public async listen(listen: readonly Listening[]): Promise<void> {
    await this.ask({ listen });
  }

  /** Tries connections at the same time: whether each was answered within `wait` milliseconds. */
  public async attempt(attempts: readonly Attempt[], wait: number): Promise<readonly boolean[]> {
    return (await this.ask({ attempts, wait })) as readonly boolean[];
  }

  private async ask(question: object): Promise<unknown> {
    this.process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.answers.next();
    if (done === true) throw new Error('the process of a machine ended');
    return JSON.parse(value);
  }

  /** Ends the process, and with it its network. */
  public async remove(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.stdin.end();
    await ended;
  }
}

/** Connects two machines by a cable; each end has its own addresses. */
export function connect(
  one: Machine,
  addresses: readonly string[],
  other: Machine,
  others: readonly string[],
  cable: string,
): void {
  one.run('ip', ['link', 'add', cable, 'type', 'veth', 'peer', 'name', cable, 'netns', String(other.pid)]);
  for (const [machine, own] of [
    [one, addresses],
    [other, others],
  ] as const) {
    for (const address of own)
      machine.run('ip', [
        'address',
        'add',
        address,
        'dev',
        cable,
        ...(address.includes(':') ? ['nodad'] : []),
      ]);
    machine.run('ip', ['link', 'set', cable, 'up']);
  }
}

/** What our rulesets need of the kernel. */
const PROBE = `table inet probe {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established accept
    ct status dnat meta l4proto tcp ct original proto-dst 1 accept
    limit rate 1/minute log prefix "probe "
    reject with icmpx admin-prohibited
  }
}
`;

/** Why network namespaces with nftables cannot be made here, if they cannot. */
export function whyNoMachines({ path, env }: Nft): string | undefined {
  if (process.getuid?.() !== 0) return 'only root makes network namespaces';
  if (spawnSync('ip', ['-V']).status !== 0) return 'ip is not there';
  const check = spawnSync('unshare', ['--net', path, '-f', '-'], {
    input: PROBE,
    env: { ...env },
    encoding: 'utf8',
  });
  return check.status === 0 ? undefined : `the kernel has no nf_tables: ${check.stderr}`;
}
