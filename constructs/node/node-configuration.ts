import { Cidr, Ip, throwIfAny, type FirewallRule, type Problem } from '../../model';
import { listenerProblems, type Listener } from '../control-plane/component';
import { CRYPTOGRAPHY, type Cryptography } from '../control-plane/cryptography';
import { cloudInit } from './cloud-init';
import type { ClusterAddresses } from './cluster-addresses';
import { Containerd, containerdProblems, type ContainerdProps } from './containerd';
import { ETCD_USER, accessEntries, type NodeUser } from './file-access';
import type { NodeDocument, NodeEntry, NodeFile } from './file-tree';
import { Firewall, firewallProblems, type EgressRule, type NodeRole } from './firewall';
import { ignition } from './ignition';
import { Kernel } from './kernel';
import { KubeProxy } from './kube-proxy';
import { Kubelet, kubeletProblems, type KubeletProps } from './kubelet';
import type { NetworkTransport } from './network-transport';
import { NODE_PATHS } from './node-paths';
import { tmpfilesText } from './tmpfiles';
import {
  SYSUSERS_PATH,
  TMPFILES_PATH,
  containerdUnit,
  firewallUnit,
  kubeletUnits,
  type UnitFile,
} from './units';

/** Properties of {@link NodeConfiguration}. */
export interface NodeConfigurationProps {
  /** What the node is. */
  readonly role: NodeRole;
  /** Who is where. */
  readonly addresses: ClusterAddresses;
  /**
   * What is added to the kubelet.
   * @default - nothing; the DNS of the cluster is the tenth address of each range of Services, as kubeadm has it
   */
  readonly kubelet?: Partial<Omit<KubeletProps, 'cryptography'>>;
  /**
   * What is added to containerd.
   * @default - nothing
   */
  readonly containerd?: ContainerdProps;
  /**
   * The algorithms of the cluster; those of the kubelet follow.
   * @default CRYPTOGRAPHY.modern
   */
  readonly cryptography?: Cryptography;
  /**
   * The port of `addresses.apiServers`.
   * @default 6443
   */
  readonly apiServerPort?: number;
  /**
   * What the network plugin sends between nodes.
   * @default - nothing: nodes route
   */
  readonly transports?: readonly NetworkTransport[];
  /**
   * Ports that the firewall lets in besides.
   * @default - none: node ports are closed
   */
  readonly allow?: readonly FirewallRule[];
  /**
   * Where the node may connect to besides.
   * @default - nowhere
   */
  readonly egress?: readonly EgressRule[];
}

/**
 * All files of a node: configuration of kubelet, containerd and kernel, firewall, units, and owners and modes of what others write.
 * The same for every node of a role. It is rendered as a file tree, for cloud-init and for Ignition. Source: NET-1 to NET-4, NET-6,
 * ARCH-1, CIS 1.1, 4.1 to 4.3.
 */
export class NodeConfiguration {
  /** What lets connections in and out. */
  public readonly firewall: Firewall;
  /** Settings and modules of the kernel. */
  public readonly kernel: Kernel;
  /**
   * The kubelet; its document is for kubeadm, too.
   * Undefined on a host of etcd, as are the two below.
   */
  public readonly kubelet?: Kubelet;
  /** kube-proxy, which kubeadm runs as a DaemonSet: its document is for kubeadm. */
  public readonly kubeProxy?: KubeProxy;
  /** The container runtime. */
  public readonly containerd?: Containerd;
  /** The file tree. */
  public readonly entries: readonly NodeEntry[];
  /** Users that files of it belong to. */
  public readonly users: readonly NodeUser[];
  /** Units that are enabled, in the order in which they start. */
  public readonly units: readonly string[];
  /** Where the programs of a node listen that are not of the control plane. */
  public readonly listeners: readonly Listener[];

  /** @throws KeelsonError `construct/invalid` with everything that is wrong with the properties */
  public constructor(props: NodeConfigurationProps) {
    const { role, addresses, cryptography = CRYPTOGRAPHY.modern, transports = [] } = props;
    throwIfAny(problemsOf(props));
    const etcd = role === 'etcd' || (role === 'control-plane' && addresses.etcd === undefined);
    this.firewall = new Firewall(props);
    this.kernel = new Kernel({ bridge: transports.includes('flannel-vxlan') });
    this.users = etcd ? [ETCD_USER] : [];
    let files: readonly NodeEntry[] = [];
    if (role === 'etcd') this.listeners = [];
    else {
      this.kubelet = new Kubelet(kubeletProps(props));
      this.kubeProxy = new KubeProxy({
        podRanges: addresses.pods,
        externalHealthChecks: (addresses.loadBalancers ?? []).length > 0,
      });
      this.containerd = new Containerd(props.containerd);
      this.listeners = [...this.kubelet.listeners, ...this.kubeProxy.listeners];
      files = [...runtimeFiles(this.containerd), ...kubeletFiles(this.kubelet, addresses, cryptography)];
    }
    throwIfAny(listenerProblems(this.listeners));
    this.units = [
      'keelson-firewall.service',
      ...(role === 'etcd' ? [] : ['containerd.service', 'kubelet.service']),
    ];
    const own = [
      ...systemFiles(this.kernel, this.firewall, this.users),
      ...files,
      ...accessEntries({ role, etcd }),
    ];
    this.entries = [...own, file(TMPFILES_PATH, 0o644, tmpfilesText(own))];
  }

  /**
   * The node as user data for cloud-init.
   * @throws KeelsonError `output/secret` naming every file with a secret
   */
  public cloudInit(): string {
    return cloudInit(this);
  }

  /**
   * The node as a configuration for Ignition.
   * @throws KeelsonError `output/secret` naming every file with a secret
   */
  public ignition(): string {
    return ignition(this);
  }
}

type Reason = Pick<NodeFile, 'recommendation' | 'cis'>;

function file(path: string, mode: number, content: string | NodeDocument, reason: Reason = {}): NodeFile {
  return { kind: 'file', path, owner: 'root', group: 'root', mode, content, ...reason };
}

function folder(path: string, mode: number): NodeEntry {
  return { kind: 'folder', path, owner: 'root', group: 'root', mode };
}

function unitFile({ path, text }: UnitFile, reason: Reason = {}): NodeEntry {
  return file(`${NODE_PATHS.units}/${path}`, 0o600, text, reason);
}

function systemFiles(kernel: Kernel, firewall: Firewall, users: readonly NodeUser[]): readonly NodeEntry[] {
  return [
    // Last of its folder, so that no file of the system has the last word.
    file('/etc/sysctl.d/99-zz-keelson.conf', 0o644, kernel.sysctlFile(), { recommendation: 'POD-6' }),
    file('/etc/modules-load.d/keelson.conf', 0o644, kernel.modulesFile()),
    file('/etc/modprobe.d/keelson.conf', 0o644, kernel.modprobeFile(), { recommendation: 'UPG-3' }),
    folder('/etc/keelson', 0o700),
    file(NODE_PATHS.firewall, 0o600, firewall.ruleset, { recommendation: 'NET-1' }),
    unitFile(firewallUnit(), { recommendation: 'NET-1' }),
    ...(users.length === 0
      ? []
      : [file(SYSUSERS_PATH, 0o644, sysusersText(users), { recommendation: 'NET-3' })]),
  ];
}

function sysusersText(users: readonly NodeUser[]): string {
  return ['# Written by keelson.', ...users.map(({ name, purpose }) => `u ${name} - "${purpose}"`), ''].join(
    '\n',
  );
}

function runtimeFiles({ text, hosts }: Containerd): readonly NodeEntry[] {
  const hostsFolder = (registry: string): string => `${NODE_PATHS.registryHosts}/${registry}`;
  return [
    folder('/etc/containerd', 0o700),
    folder(NODE_PATHS.registryHosts, 0o700),
    file(NODE_PATHS.containerdConfig, 0o600, text, { recommendation: 'POD-7' }),
    ...hosts.flatMap((host) => [
      folder(hostsFolder(host.registry), 0o700),
      file(`${hostsFolder(host.registry)}/hosts.toml`, 0o600, host.text),
      ...(host.authority === undefined ? [] : [file(host.authority.path, 0o600, host.authority.text)]),
    ]),
    unitFile(containerdUnit()),
  ];
}

function kubeletFiles(
  kubelet: Kubelet,
  addresses: ClusterAddresses,
  { environment }: Cryptography,
): readonly NodeEntry[] {
  const { nodes, pods, apiServers = [], scrapers = [], resolvers = [] } = addresses;
  const peers = [...new Set([...nodes, ...pods, ...apiServers, ...scrapers, ...resolvers])];
  const reason: Reason = { recommendation: 'AUTH-1', cis: ['4.1.1', '4.1.2'] };
  return [
    ...kubeletUnits({ peers, environment }).map((unit) => unitFile(unit, reason)),
    file(`${NODE_PATHS.kubeletDropins}/90-keelson.conf`, 0o600, kubelet.document, {
      recommendation: 'AUTH-1',
      cis: ['4.1.9', '4.1.10'],
    }),
  ];
}

function kubeletProps({
  addresses,
  kubelet,
  cryptography = CRYPTOGRAPHY.modern,
}: NodeConfigurationProps): KubeletProps {
  const ranges = addresses.services.flatMap((text) => Cidr.parseAny(text) ?? []);
  const clusterDns = ranges.map(({ ip }) => String(new Ip(ip.family, ip.bits + 10n)));
  return { clusterDns, ...kubelet, cryptography };
}

function problemsOf(props: NodeConfigurationProps): readonly Problem[] {
  const problems = firewallProblems(props);
  if (props.role === 'etcd') return problems;
  return [
    ...problems,
    ...kubeletProblems(kubeletProps(props), props.addresses.services),
    ...containerdProblems(props.containerd),
  ];
}
