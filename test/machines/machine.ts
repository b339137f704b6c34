import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { OWN_FILES } from './own-files';
import { childrenOf, isRunning, markOf, signal, type ProcessMark } from './processes';
import { cgroupsOf, disposeMachine, isMounted, nspawnName, removeCgroups } from './traces';

/** What a command did. */
export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a machine is made with. */
export interface MachineOptions {
  /** Its host name, and part of the names of what it has on the host. */
  readonly name: string;
  /** Its address. */
  readonly address: string;
  /** The address of the bridge. */
  readonly gateway: string;
  /** The bridge. */
  readonly bridge: string;
  /** A word of the run, for names on the host. */
  readonly run: string;
  /** Folder of what it keeps. */
  readonly folder: string;
  /** The file system that it is laid over. */
  readonly rootfs: string;
  /** Folder of the unpacked systemd-nspawn. */
  readonly nspawn: string;
  /** The public key that may log in. */
  readonly authorizedKey: string;
  /** Name and address of every machine of the run. */
  readonly hosts: readonly (readonly [string, string])[];
}

/** A machine: a system with its own systemd, sshd, network and processes, on the kernel of the host, as root of it. */
export class TestMachine {
  public readonly name: string;
  public readonly address: string;
  readonly #options: MachineOptions;
  #container: ProcessMark | undefined;

  public constructor(options: MachineOptions) {
    this.name = options.name;
    this.address = options.address;
    this.#options = options;
  }

  /** Folder of its root file system, seen from the host. */
  public get root(): string {
    return join(this.#options.folder, 'root');
  }

  /** Its public host key. */
  public get hostKey(): string {
    return readFileSync(join(this.root, 'etc/ssh/ssh_host_ed25519_key.pub'), 'utf8')
      .trim()
      .split(' ')
      .slice(0, 2)
      .join(' ');
  }

  /** Boots it and waits until its SSH server answers. */
  public async start(): Promise<void> {
    const { folder, rootfs, nspawn, name, bridge } = this.#options;
    const isNew = !existsSync(join(folder, 'upper'));
    for (const part of ['upper', 'work', 'root', 'var/containerd', 'var/kubelet', 'var/etcd'])
      mkdirSync(join(folder, part), { recursive: true });
    if (!isMounted(this.root))
      must('mount', [
        '-t',
        'overlay',
        'overlay',
        '-o',
        `lowerdir=${rootfs},upperdir=${folder}/upper,workdir=${folder}/work`,
        this.root,
      ]);
    if (isNew) this.#furnish();
    for (const path of cgroupsOf(this.#options)) {
      mkdirSync(path, { recursive: true });
      if (!path.startsWith('/sys/fs/cgroup/cpuset/')) continue;
      for (const file of ['cpuset.cpus', 'cpuset.mems'])
        writeFileSync(join(path, file), readFileSync(`/sys/fs/cgroup/cpuset/${file}`));
      writeFileSync(join(path, 'cgroup.clone_children'), '1');
    }
    const bind = (from: string, to: string): string => `--bind=${folder}/var/${from}:${to}`;
    const args = [
      ...[
        '--boot',
        '--register=no',
        '--keep-unit',
        '--capability=all',
        '--system-call-filter=@known',
        '--resolv-conf=off',
      ],
      ...[
        '--timezone=off',
        '--link-journal=no',
        '--console=pipe',
        `--directory=${this.root}`,
        `--machine=${nspawnName(this.#options)}`,
        `--hostname=${name}`,
        `--network-bridge=${bridge}`,
      ],
      ...[
        bind('containerd', '/var/lib/containerd'),
        bind('kubelet', '/var/lib/kubelet'),
        bind('etcd', '/var/lib/etcd'),
      ],
    ];
    const log = openSync(join(folder, 'console.log'), 'a');
    const child = spawn(
      '/bin/sh',
      ['-c', power(this.#options), join(nspawn, 'usr/bin/systemd-nspawn'), ...args],
      {
        detached: true,
        stdio: ['ignore', log, log],
        env: {
          PATH: process.env.PATH,
          SYSTEMD_NSPAWN_LOCK: '0',
          SYSTEMD_NSPAWN_API_VFS_WRITABLE: '1',
          LD_LIBRARY_PATH: join(nspawn, 'usr/lib/x86_64-linux-gnu/systemd'),
        },
      },
    );
    child.unref();
    this.#container = markOf(child.pid!);
    writeFileSync(join(folder, 'container.json'), JSON.stringify(this.#container));
    await until(`${name} answers on port 22`, () => answers(this.address, 22));
  }

  /** Runs a command in it as root, from beside: no SSH is needed. */
  public async run(
    argv: readonly string[],
    { input = '', timeoutMs = 60_000 }: { input?: string; timeoutMs?: number } = {},
  ): Promise<CommandResult> {
    const leader = this.#leader();
    if (leader === undefined) throw new Error(`${this.name} does not run`);
    const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--root', '--wd=/'];
    const child = spawn('nsenter', [`--target=${leader.pid}`, ...namespaces, '--', ...argv], {
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      timeout: timeoutMs,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString('utf8')));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString('utf8')));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ status: code ?? 255, stdout, stderr }));
    });
  }

  /** Runs a script of the shell in it and gives what it prints. */
  public async sh(script: string): Promise<string> {
    const { status, stdout, stderr } = await this.run(['/bin/sh', '-c', script]);
    if (status !== 0) throw new Error(`${this.name}: ${script} ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** Boots it anew, in order. */
  public async reboot(): Promise<void> {
    const before = this.#leader()!;
    signal(before, SIGRTMIN + 5);
    await until(`${this.name} goes down`, () => !isRunning(before), 120);
    await until(
      `${this.name} answers on port 22`,
      () => this.#leader() !== undefined && answers(this.address, 22),
    );
  }

  /** Ends it as if its power went. */
  public async kill(): Promise<void> {
    const leader = this.#leader();
    if (leader !== undefined) signal(leader, 'SIGKILL');
    await until(`${this.name} is gone`, () => this.#container === undefined || !isRunning(this.#container));
    removeCgroups(this.#options);
  }

  /** Makes it a new machine of the same name and address: its disks are empty, its host key is another one. */
  public async wipe(): Promise<void> {
    await this.kill();
    this.dispose();
    await this.start();
  }

  /** Ends it in order, or hard where it does not end. */
  public async stop(): Promise<void> {
    const leader = this.#leader();
    if (leader !== undefined) {
      signal(leader, SIGRTMIN + 4);
      await until('', () => !isRunning(this.#container!), 10).catch(() => undefined);
    }
    await this.kill();
    this.dispose();
  }

  /** Takes away what it has on the host; it does not run. */
  public dispose(): void {
    disposeMachine(this.#options);
  }

  /** Its first process. */
  #leader(): ProcessMark | undefined {
    if (this.#container === undefined || !isRunning(this.#container)) return undefined;
    const [nspawn] = childrenOf(this.#container.pid, 'systemd-nspawn');
    return nspawn === undefined ? undefined : childrenOf(nspawn.pid, 'systemd')[0];
  }

  /** The files of a new machine. */
  #furnish(): void {
    const { name, address, gateway, authorizedKey, hosts } = this.#options;
    const at = (path: string): string => join(this.root, path);
    const write = (path: string, text: string, mode = 0o644): void => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
      chmodSync(at(path), mode);
    };
    for (const [path, text] of Object.entries(OWN_FILES))
      write(path, text, path.startsWith('/opt/') ? 0o755 : path.includes('sudoers') ? 0o440 : 0o644);
    write('/opt/test-machine/address', `ADDRESS=${address}\nGATEWAY=${gateway}\n`);
    write('/etc/hostname', `${name}\n`);
    write(
      '/etc/hosts',
      ['127.0.0.1 localhost', ...hosts.map(([other, ip]) => `${ip} ${other}`), ''].join('\n'),
    );
    write('/etc/resolv.conf', `nameserver ${gateway}\n`);
    rmSync(at('/etc/machine-id'), { force: true });
    write('/etc/machine-id', '');
    write('/root/.ssh/authorized_keys', `${authorizedKey}\n`, 0o600);
    chmodSync(at('/root/.ssh'), 0o700);
    must('chroot', [this.root, 'useradd', '--create-home', '--shell', '/bin/sh', 'admin']);
    write('/home/admin/.ssh/authorized_keys', `${authorizedKey}\n`, 0o600);
    must('chroot', [this.root, 'chown', '-R', 'admin:admin', '/home/admin/.ssh']);
    must('sh', [
      '-c',
      `rm -f ${this.root}/etc/ssh/ssh_host_*; ssh-keygen -q -t ed25519 -N '' -C '' -f ${this.root}/etc/ssh/ssh_host_ed25519_key`,
    ]);
    appendFileSync(at('/etc/ssh/sshd_config'), 'UseDNS no\nMaxStartups 100\n');
    for (const unit of ['systemd-networkd.service', 'systemd-networkd.socket', 'nftables.service'])
      rmSync(at(`/etc/systemd/system/multi-user.target.wants/${unit}`), { force: true });
    mkdirSync(at('/etc/systemd/system/sysinit.target.wants'), { recursive: true });
    symlinkSync(
      '../test-machine.service',
      at('/etc/systemd/system/sysinit.target.wants/test-machine.service'),
    );
  }
}

/** What starts a machine, and starts it again when it asks for that by its exit status: the groups of what ran in it are gone by then. */
function power(options: MachineOptions): string {
  const groups = cgroupsOf(options);
  return [
    ...groups.map((path) => `echo 0 > ${path}/cgroup.procs || exit 1`),
    'while "$0" "$@"; [ $? = 133 ]; do',
    `  find ${groups.join(' ')} -mindepth 1 -depth -type d -exec rmdir {} ';'`,
    'done',
  ].join('\n');
}

/** The first of the signals by which systemd is told what to do. */
const SIGRTMIN = 34;

export function must(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 500 });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 90): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`After ${seconds} s it is not so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
