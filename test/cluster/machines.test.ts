/**
 * The machines of the tests themselves: they are apart from each other and from the host, come up again as machines do, and leave nothing
 * behind, however their owner ends.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kernel } from '../../constructs/node';
import { bootMachines, cannotBoot, type TestMachines } from '../machines/machines';
import { signal } from '../machines/processes';
import { readRun, removeLeftovers, RUNS } from '../machines/runs';

const reason = cannotBoot();
if (reason !== undefined) console.warn(`The tests of machines are skipped: ${reason}.`);

/** Settings that the product sets and that are not of a network, where this kernel has them, and what the host has. */
function hostSettings(): Readonly<Record<string, string>> {
  const known = new Kernel({}).sysctls
    .map(({ path }) => path.replace(/^-/, ''))
    .filter((name) => !name.startsWith('net.') || name.startsWith('net.core.'));
  return Object.fromEntries(
    known.map((name) => {
      const { status, stdout } = spawnSync('sysctl', ['-n', name], { encoding: 'utf8' });
      return [name, status === 0 ? stdout.trim() : '(missing)'];
    }),
  );
}

/** What of a run is on the host: mounts, groups, network interfaces, processes and files, one line each. */
function tracesOf(run: string): readonly string[] {
  const lines = (command: string, args: readonly string[]): readonly string[] =>
    spawnSync(command, args, { encoding: 'utf8' }).stdout.split('\n');
  const groups = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        return [`process ${pid}: ${readFileSync(`/proc/${pid}/cgroup`, 'utf8').replaceAll('\n', ' ')}`];
      } catch {
        return [];
      }
    });
  return [
    ...readFileSync('/proc/self/mountinfo', 'utf8').split('\n'),
    ...lines('find', ['/sys/fs/cgroup', '-type', 'd', '-name', `*${run}*`]),
    ...lines('find', ['/run/systemd', '-name', `*${run}*`]),
    ...lines('ip', ['-o', 'link', 'show']),
    ...groups,
    ...readdirSync(RUNS),
  ].filter((line) => line.includes(run));
}

async function until(holds: () => boolean | Promise<boolean>, seconds = 120): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not so after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

(reason === undefined ? describe : describe.skip)('machines for tests', () => {
  let before: Readonly<Record<string, string>>;
  let run: TestMachines;

  beforeAll(async () => {
    before = hostSettings();
    run = await bootMachines(['cp-1', 'worker-1']);
  });

  afterAll(() => run?.stop());

  const ssh = (at: number, user: string, command: string, hostKey = run.machines[at]!.hostKey) => {
    const { address } = run.machines[at]!;
    const known = join(run.folder, 'known-hosts');
    writeFileSync(known, `${address} ${hostKey}\n`);
    const options = [
      ...['BatchMode=yes', 'StrictHostKeyChecking=yes', 'IdentitiesOnly=yes'],
      ...['GlobalKnownHostsFile=/dev/null', `UserKnownHostsFile=${known}`],
    ].flatMap((option) => ['-o', option]);
    return spawnSync('ssh', [...options, '-i', run.privateKeyFile, `${user}@${address}`, command], {
      encoding: 'utf8',
    });
  };

  it('have a name, an own systemd that is content, and see each other', async () => {
    for (const machine of run.machines) {
      expect((await machine.sh('hostname')).trim()).toBe(machine.name);
      expect(await machine.sh('cat /proc/1/comm')).toBe('systemd\n');
      await machine.run(['systemctl', 'is-system-running', '--wait']);
      expect(await machine.sh('systemctl list-units --failed --plain --no-legend')).toBe('');
      for (const other of run.machines) await machine.sh(`ping -c 1 -W 10 ${other.name}`);
      await machine.sh(`ping -c 1 -W 10 ${run.gateway}`);
    }
  });

  it('let the key in as root, and as admin who may do all by sudo; only who has the key of the host is it', () => {
    expect(statSync(run.privateKeyFile).mode & 0o777).toBe(0o600);
    expect(ssh(0, 'root', 'id -u')).toMatchObject({ stdout: '0\n' });
    expect(ssh(0, 'admin', 'id -un; sudo -n id -u')).toMatchObject({ stdout: 'admin\n0\n' });
    expect(run.machines[0]!.hostKey).not.toBe(run.machines[1]!.hostKey);
    expect(ssh(0, 'root', 'true', run.machines[1]!.hostKey).status).toBe(255);
  });

  it('have no runtime and no Kubernetes before the product brings them', async () => {
    for (const program of ['containerd', 'runc', 'kubelet', 'kubeadm', 'kubectl'])
      expect((await run.machines[0]!.run(['which', program])).status).toBe(1);
  });

  it('set and show every setting of the kernel that the product has, and the host keeps its own', async () => {
    const [machine] = run.machines;
    const kernel = new Kernel({});
    const wanted = kernel.sysctls.map(({ path, value }) => [path.replace(/^-/, ''), String(value)] as const);
    await machine!.run(['tee', '/etc/sysctl.d/90-test.conf'], { input: kernel.sysctlFile() });
    await machine!.sh('sysctl -p /etc/sysctl.d/90-test.conf');
    for (const [name, value] of wanted)
      expect([name, (await machine!.sh(`sysctl -n ${name}`)).trim()]).toEqual([name, value]);
    // What nobody has by chance.
    for (const [name] of wanted.filter(([one]) => one in before)) {
      await machine!.sh(`sysctl -w ${name}=3`);
      expect((await machine!.sh(`sysctl -n ${name}`)).trim()).toBe('3');
    }
    expect(hostSettings()).toEqual(before);
  });

  it('come up again after a reboot and after a loss of power, with what was written to disk', async () => {
    const machine = run.machines[1]!;
    const boot = async (): Promise<string> => machine.sh('stat -c %Y /run/systemd; cat /proc/1/stat');
    await machine.sh('echo kept > /root/kept; echo etcd > /var/lib/etcd/kept; echo gone > /run/gone; sync');
    const key = machine.hostKey;
    const first = await boot();
    await machine.reboot();
    expect(await boot()).not.toBe(first);
    expect(await machine.sh('cat /root/kept /var/lib/etcd/kept; ls /run/gone 2>/dev/null || true')).toBe(
      'kept\netcd\n',
    );
    await machine.kill();
    await expect(machine.sh('true')).rejects.toThrow('does not run');
    await machine.start();
    expect(await machine.sh('cat /root/kept /var/lib/etcd/kept')).toBe('kept\netcd\n');
    expect(machine.hostKey).toBe(key);
    await run.machines[0]!.sh(`ping -c 1 -W 10 ${machine.name}`);
  });

  it('can be replaced by a new one of the same name and address', async () => {
    const machine = run.machines[1]!;
    const key = machine.hostKey;
    await machine.sh('echo gone > /root/gone; echo gone > /var/lib/etcd/gone');
    await machine.wipe();
    expect(await machine.sh('ls /root /var/lib/etcd')).not.toContain('gone');
    expect((await machine.sh('hostname')).trim()).toBe('worker-1');
    expect(machine.hostKey).not.toBe(key);
    expect(ssh(1, 'admin', 'sudo -n id -u')).toMatchObject({ stdout: '0\n' });
  });

  it('of two runs at once do not meet, and are gone when stopped', async () => {
    const others = await bootMachines(['cp-1']);
    try {
      expect(others.gateway).not.toBe(run.gateway);
      const [other] = others.machines;
      await other!.sh('test "$(hostname)" = cp-1');
      expect(await run.machines[0]!.sh('ping -c 1 -W 10 worker-1')).toContain('1 received');
      expect(tracesOf(others.run).length).toBeGreaterThan(4);
    } finally {
      await others.stop();
    }
    expect(tracesOf(others.run)).toEqual([]);
    // Nothing of the first run went with it.
    for (const machine of run.machines) await machine.sh(`ping -c 1 -W 10 ${run.gateway}`);
  });

  describe('of an owner that is killed', () => {
    /** The command for people, and the word of its run. */
    const boot = async (): Promise<{ run: string; kill: () => void }> => {
      const known = new Set(readdirSync(RUNS));
      const args = ['--import', 'tsx', join(__dirname, '../machines/main.ts'), 'cp-1'];
      const owner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      owner.stdout.on('data', (data: Buffer) => (text += data.toString('utf8')));
      await until(() => text.includes('hostKey') || owner.exitCode !== null);
      const { folder } = JSON.parse(text) as { folder: string };
      const word = folder.split('/').pop()!;
      expect(known.has(`${word}.json`)).toBe(false);
      return { run: word, kill: () => void owner.kill('SIGKILL') };
    };

    it('are taken away by the one who watches', async () => {
      const killed = await boot();
      expect(tracesOf(killed.run).length).toBeGreaterThan(4);
      killed.kill();
      await until(() => tracesOf(killed.run).length === 0);
    });

    it('are taken away by the next start where nobody watches any more', async () => {
      const killed = await boot();
      signal(readRun(killed.run)!.watch!, 'SIGKILL');
      killed.kill();
      await until(() => {
        removeLeftovers();
        return tracesOf(killed.run).length === 0;
      });
    });
  });

  it('have left the settings of the host as they were', () => {
    expect(hostSettings()).toEqual(before);
  });
});
