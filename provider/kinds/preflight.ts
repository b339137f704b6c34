import { z } from 'zod';
import { Cidr, KeelsonError, type Problem } from '../../model';
import { connectionSchema } from '../connection';
import { clusterMark, JOINED } from '../machine/cluster-mark';
import type { Machine } from '../machine/machine';
import type { Context, Kind } from './kind';

const schema = z.looseObject({
  /** The certificate of the cluster's authority, in PEM: a machine that is a node of another cluster is refused. */
  authority: z.string(),
  /** From where machines are administered. */
  administrators: z.array(z.string()),
  /** The machines by their name. */
  machines: z.record(
    z.string(),
    z.strictObject({
      connection: connectionSchema,
      address: z.string(),
      role: z.enum(['control-plane', 'worker']),
    }),
  ),
});

type Declared = z.infer<typeof schema>['machines'][string];

/** What a node needs at least, in MiB. Source: kubeadm asks for 1700 of a control plane. */
const MEMORY_MIB = { 'control-plane': 1700, worker: 700 } as const;

/** Space below `/var`, in MiB. */
const DISK_MIB = 4096;

/** A clock that is further away makes certificates that are not valid yet. */
const CLOCK_SECONDS = 120;

/** Programs of the system that a node needs. */
const PROGRAMS = [
  'systemctl',
  'systemd-run',
  'systemd-tmpfiles',
  'systemd-sysusers',
  'nft',
  'sha256sum',
  'flock',
  'mount',
  'ip',
  'conntrack',
];

/**
 * Looks at all machines before anything is changed on one of them, and refuses with every reason at once.
 */
export const preflight: Kind<z.infer<typeof schema>> = {
  schema,

  apply: async (given, context) => {
    context.progress('looking at the machines');
    const found = await Promise.all(
      Object.entries(given.machines).map(([name, declared]) => inspect(name, declared, given, context)),
    );
    const ids = found.map(({ id }) => id);
    const problems = [
      ...found.flatMap((machine) => machine.problems),
      ...found
        .filter(({ id }, at) => id !== '' && ids.indexOf(id) !== at)
        .map(({ name }) =>
          problem(
            name,
            'It has the machine id of another machine.',
            'Give each machine its own: remove /etc/machine-id and run systemd-machine-id-setup.',
          ),
        ),
    ];
    if (problems.length > 0) throw new KeelsonError(problems);
    return {};
  },

  read: async (kept) => kept,
  remove: async () => undefined,
};

interface Inspection {
  readonly name: string;
  readonly id: string;
  readonly problems: readonly Problem[];
}

async function inspect(
  name: string,
  declared: Declared,
  { administrators, authority }: Pick<z.infer<typeof schema>, 'administrators' | 'authority'>,
  context: Context,
): Promise<Inspection> {
  const machine = context.machineAt(declared.connection);
  try {
    const facts = await factsOf(machine, clusterMark(authority));
    return { name, id: facts.id ?? '', problems: judge(name, declared, administrators, facts) };
  } catch (error) {
    if (error instanceof KeelsonError) return { name, id: '', problems: error.problems };
    throw error;
  }
}

type Facts = Readonly<Record<string, string>>;

async function factsOf(machine: Machine, mark: string): Promise<Facts> {
  const out = await machine.run(
    'looking at the machine',
    `printf 'arch=%s\\n' "$(uname -m)"
printf 'init=%s\\n' "$(cat /proc/1/comm)"
printf 'id=%s\\n' "$(cat /etc/machine-id 2>/dev/null)"
printf 'addresses=%s\\n' "$(ip -o address show 2>/dev/null | awk '{print $4}' | cut -d/ -f1 | tr '\\n' ' ')"
printf 'memory=%s\\n' "$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)"
printf 'swap=%s\\n' "$(awk 'NR > 1' /proc/swaps | wc -l)"
printf 'disk=%s\\n' "$(df -Pm /var | awk 'NR == 2 {print $4}')"
printf 'clock=%s\\n' "$(date +%s)"
printf 'from=%s\\n' "$(p=$PPID; while [ "$p" -gt 1 ]; do e=$(tr '\\0' '\\n' < /proc/$p/environ 2>/dev/null | sed -n 's/^SSH_CONNECTION=//p' | cut -d' ' -f1); [ -n "$e" ] && { echo "$e"; break; }; p=$(awk '{print $4}' /proc/$p/stat); done)"
for p in ${PROGRAMS.join(' ')}; do command -v $p >/dev/null || printf 'missing-%s=1\\n' $p; done
if [ -e /etc/kubernetes/kubelet.conf ]; then
  [ -d /etc/kubernetes/keelson ] || echo foreign=1
  m=$(cat ${JOINED} 2>/dev/null); [ -z "$m" ] || [ "$m" = ${mark} ] || echo foreign=1
fi`,
  );
  return Object.fromEntries(
    out
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()]),
  );
}

/** Everything that is wrong with a machine. */
export function judge(
  name: string,
  { address, role }: Pick<Declared, 'address' | 'role'>,
  administrators: readonly string[],
  facts: Facts,
  now = Date.now() / 1000,
): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (message: string, fix: string): void => void problems.push(problem(name, message, fix));
  const {
    arch = '',
    init = '',
    memory = '',
    disk = '',
    swap = '0',
    clock = '',
    from = '',
    addresses = '',
  } = facts;
  if (arch !== 'x86_64' && arch !== 'aarch64')
    refuse(`Its architecture is ${arch}.`, 'Take a machine of x86_64 or aarch64.');
  if (init !== 'systemd')
    refuse(`Its first process is ${init}, not systemd.`, 'Take a system that runs systemd.');
  if (!addresses.split(' ').includes(address))
    refuse(`It has no address ${address}; it has ${addresses}.`, 'Give the address that the machine has.');
  if (Number(memory) < MEMORY_MIB[role])
    refuse(`It has ${memory} MiB of memory.`, `Give it ${MEMORY_MIB[role]} MiB or more.`);
  if (Number(disk) < DISK_MIB)
    refuse(`Below /var there are ${disk} MiB free.`, `Make room: ${DISK_MIB} MiB or more.`);
  if (swap !== '0')
    refuse('It swaps: secrets in memory would reach its disk.', 'Turn swap off, in /etc/fstab too.');
  if (Math.abs(Number(clock) - now) > CLOCK_SECONDS)
    refuse(
      `Its clock is ${Math.round(Number(clock) - now)} s away from the one here.`,
      'Set both clocks, and let both follow a server of time.',
    );
  if (
    from !== '' &&
    !administrators.some((text) => Cidr.parseAny(text)?.containsIp(Cidr.parseAny(from)!.ip) ?? false)
  )
    refuse(
      `It is reached from ${from}, which the firewall would shut out.`,
      'Add that address to `outside.administrators`.',
    );
  const missing = Object.keys(facts)
    .filter((key) => key.startsWith('missing-'))
    .map((key) => key.slice('missing-'.length));
  if (missing.length > 0)
    refuse(
      `Programs are missing: ${missing.join(', ')}.`,
      'Install them: on Debian they are in systemd, nftables, iproute2, conntrack, util-linux and coreutils.',
    );
  if (facts.foreign !== undefined)
    refuse(
      'It is a node of another cluster.',
      'Take it out of that one (kubeadm reset), or take another machine.',
    );
  return problems;
}

function problem(name: string, message: string, fix: string): Problem {
  return { code: 'node/unfit', where: name, message, fix };
}
