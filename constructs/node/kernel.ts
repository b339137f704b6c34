import { field, type ConfigField } from './config-field';

/** Properties of {@link Kernel}. */
export interface KernelProps {
  /**
   * Whether the network plugin connects pods by a bridge of Linux (Flannel does; Calico and Cilium do not): its packets are then
   * seen by the rules of kube-proxy.
   * @default false
   */
  readonly bridge?: boolean;
}

/**
 * Kernel settings and modules of a node.
 *
 * The first six are those that the kubelet asks for under `protectKernelDefaults`. `user.max_user_namespaces` is left alone: with 0,
 * as some guides have it, no pod can have a user namespace of its own (`hostUsers: false`), which is worth more than what it
 * closes. Programs without rights are kept from making user namespaces by the seccomp profile of the runtime, and, where the
 * kernel of Debian has the switch, by `kernel.unprivileged_userns_clone`.
 * `rp_filter` is left to the network plugin: Cilium and Calico need it different.
 */
export class Kernel {
  /** What is set, each with its reason. A dash before the name: not every kernel has it. */
  public readonly sysctls: readonly ConfigField[];
  /** Modules that are loaded at boot: nothing has to load them later. */
  public readonly modules: readonly string[];
  /** Modules that are never loaded: protocols and file systems that no node needs, and that any program could have loaded. */
  public readonly forbidden: readonly string[] = FORBIDDEN;

  public constructor({ bridge = false }: KernelProps = {}) {
    this.sysctls = [...SYSCTLS, ...(bridge ? BRIDGE : [])];
    this.modules = ['overlay', 'nf_tables', 'nf_conntrack', ...(bridge ? ['br_netfilter'] : [])];
  }

  /** The settings as a file of `/etc/sysctl.d`. */
  public sysctlFile(): string {
    return lines(this.sysctls.map(({ path, value }) => `${path} = ${String(value)}`));
  }

  /** The modules as a file of `/etc/modules-load.d`. */
  public modulesFile(): string {
    return lines(this.modules);
  }

  /** The forbidden ones as a file of `/etc/modprobe.d`. `blacklist` alone would still load them by name. */
  public modprobeFile(): string {
    return lines(this.forbidden.flatMap((name) => [`blacklist ${name}`, `install ${name} /bin/false`]));
  }
}

function lines(all: readonly string[]): string {
  return ['# Written by keelson.', ...all, ''].join('\n');
}

const KUBELET = 'The kubelet asks for it (protectKernelDefaults).';
const REDIRECT = 'Nobody on the network changes routes.';

const SYSCTLS: readonly ConfigField[] = [
  field('vm.overcommit_memory', 1, KUBELET),
  field('vm.panic_on_oom', 0, KUBELET),
  field('kernel.panic', 10, KUBELET),
  field('kernel.panic_on_oops', 1, KUBELET),
  field('kernel.keys.root_maxkeys', 1000000, KUBELET),
  field('kernel.keys.root_maxbytes', 25000000, KUBELET),
  field('net.ipv4.ip_forward', 1, 'Pods are reached through the node.'),
  field('net.ipv6.conf.all.forwarding', 1, 'Pods are reached through the node.'),
  field('kernel.kptr_restrict', 2, 'Addresses of the kernel are shown to nobody.', 'POD-6'),
  field('kernel.dmesg_restrict', 1, 'Nor is its log to programs without rights.', 'POD-6'),
  field(
    'kernel.unprivileged_bpf_disabled',
    1,
    'No BPF for programs without rights, until the next boot.',
    'POD-6',
  ),
  field('net.core.bpf_jit_harden', 2, 'What BPF compiles cannot be steered.', 'POD-6'),
  field('kernel.perf_event_paranoid', 3, 'No performance counters for programs without rights.', 'POD-6'),
  field(
    'kernel.yama.ptrace_scope',
    2,
    'A program reads the memory of others only with CAP_SYS_PTRACE.',
    'POD-6',
  ),
  field('kernel.kexec_load_disabled', 1, 'Nobody boots another kernel from this one.', 'POD-6'),
  field('kernel.randomize_va_space', 2, 'Addresses of programs are random, the heap too.', 'POD-6'),
  field('kernel.sysrq', 0, 'No commands from the keyboard or console.', 'UPG-3'),
  field(
    '-kernel.io_uring_disabled',
    2,
    'No program of a node needs it, and it goes around seccomp.',
    'POD-7',
  ),
  field('-kernel.unprivileged_userns_clone', 0, 'User namespaces are made by the runtime alone.', 'POD-6'),
  field('-dev.tty.legacy_tiocsti', 0, 'No input is pushed into terminals of others.', 'POD-6'),
  field('dev.tty.ldisc_autoload', 0, 'No line disciplines for programs without rights.', 'UPG-3'),
  field('vm.unprivileged_userfaultfd', 0, 'A common step of exploits is closed.', 'POD-6'),
  field('vm.mmap_min_addr', 65536, 'A null pointer of the kernel leads nowhere.', 'POD-6'),
  field('fs.suid_dumpable', 0, 'Programs that changed their user leave no memory behind.', 'POD-6'),
  field('fs.protected_hardlinks', 1, 'Links to what somebody may not write.', 'POD-6'),
  field('fs.protected_symlinks', 1, 'Links in folders for all.', 'POD-6'),
  field('fs.protected_fifos', 2, 'Pipes in folders for all.', 'POD-6'),
  field('fs.protected_regular', 2, 'Files in folders for all.', 'POD-6'),
  ...['all', 'default'].flatMap((which) => [
    field(`net.ipv4.conf.${which}.accept_redirects`, 0, REDIRECT, 'NET-1'),
    field(`net.ipv4.conf.${which}.secure_redirects`, 0, REDIRECT, 'NET-1'),
    field(`net.ipv4.conf.${which}.send_redirects`, 0, 'Nor does the node.', 'NET-1'),
    field(`net.ipv4.conf.${which}.accept_source_route`, 0, 'Senders do not choose the way.', 'NET-1'),
    field(`net.ipv6.conf.${which}.accept_redirects`, 0, REDIRECT, 'NET-1'),
    field(`net.ipv6.conf.${which}.accept_source_route`, 0, 'Senders do not choose the way.', 'NET-1'),
  ]),
  field('net.ipv4.icmp_echo_ignore_broadcasts', 1, 'No amplifier.', 'NET-1'),
  field('net.ipv4.icmp_ignore_bogus_error_responses', 1, 'No flood of log lines.', 'NET-1'),
  field('net.ipv4.tcp_syncookies', 1, 'A flood of SYN does not close a port.', 'NET-1'),
  field('net.ipv4.tcp_rfc1337', 1, 'Old connections are not ended by others.', 'NET-1'),
];

const BRIDGE: readonly ConfigField[] = [
  field('net.bridge.bridge-nf-call-iptables', 1, 'Packets over the bridge meet the rules.', 'NET-5'),
  field('net.bridge.bridge-nf-call-ip6tables', 1, 'Packets over the bridge meet the rules.', 'NET-5'),
];

/** SCTP is not among them: Services and network policies of Kubernetes have it. */
const FORBIDDEN: readonly string[] = [
  ...[
    'appletalk',
    'atm',
    'ax25',
    'can',
    'dccp',
    'ipx',
    'n_hdlc',
    'netrom',
    'p8022',
    'p8023',
    'psnap',
    'rds',
    'rose',
    'tipc',
    'x25',
  ],
  ...['cramfs', 'freevxfs', 'hfs', 'hfsplus', 'jffs2', 'udf'],
  ...['firewire-core', 'usb-storage'],
];
