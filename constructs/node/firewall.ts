import { throwIfAny, type FirewallRule, type Problem, type Protocol } from '../../model';
import { STANDARD_PORTS } from '../control-plane/layout';
import { shown } from '../validation';
import {
  addressProblems,
  invalid,
  readRanges,
  type AddressGroup,
  type ClusterAddresses,
} from './cluster-addresses';
import { firewallRuleset } from './firewall-ruleset';
import { KUBELET_PORTS } from './kubelet';
import { KUBE_PROXY_PORTS } from './kube-proxy';
import { NETWORK_TRANSPORTS, type NetworkTransport } from './network-transport';

/** What a node is: `etcd` is a host of an etcd that runs beside the cluster. */
export type NodeRole = 'control-plane' | 'worker' | 'etcd';

/** What a node may connect to beyond its own. */
export interface EgressRule {
  /** What it is for, in a few words; it stands in the ruleset. */
  readonly for: string;
  /** The transport protocol. */
  readonly protocol: Protocol;
  /** The port, or the first of a range. */
  readonly port: number;
  /**
   * The last port of a range.
   * @default - `port`: one port
   */
  readonly endPort?: number;
  /** Where: addresses or ranges. */
  readonly to: readonly string[];
}

/** Properties of {@link Firewall}. */
export interface FirewallProps {
  /** What the node is. */
  readonly role: NodeRole;
  /** Who is where. */
  readonly addresses: ClusterAddresses;
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
   * Ports that are let in besides: of pods in the network of the node, host ports, node ports.
   * @default - none: node ports are closed
   */
  readonly allow?: readonly FirewallRule[];
  /**
   * Where the node may connect to besides.
   * @default - nowhere
   */
  readonly egress?: readonly EgressRule[];
  /**
   * Whether drops are logged by the kernel, at most ten lines a minute for each direction.
   * @default true
   */
  readonly logDrops?: boolean;
}

/** One thing that the firewall lets through. */
export interface Opening {
  /** What it is for. */
  readonly for: string;
  /** The transport protocol; `any` is every one, with all its ports. */
  readonly protocol: Protocol | 'any';
  /**
   * The port, or the first of a range.
   * @default - all ports
   */
  readonly port?: number;
  /**
   * The last port of a range.
   * @default - `port`: one port
   */
  readonly endPort?: number;
  /** The other end: ranges of addresses. */
  readonly peers: readonly string[];
}

/**
 * The firewall of a node, from the ports that its role has and the addresses of who needs them: default deny in both directions,
 * and for what is forwarded from anybody but pods and nodes. Source: NET-1, ARCH-1.
 */
export class Firewall {
  /** What may connect to the node. */
  public readonly inbound: readonly Opening[];
  /** What the node may connect to. */
  public readonly outbound: readonly Opening[];
  /** The inbound openings in the words of the network checks: `ClusterNetwork.firewall`. */
  public readonly rules: readonly FirewallRule[];
  /** The nftables ruleset: one table of its own, replaced as a whole when it is loaded again. */
  public readonly ruleset: string;

  /** @throws KeelsonError `construct/invalid` with everything that is wrong with the properties */
  public constructor(props: FirewallProps) {
    throwIfAny(firewallProblems(props));
    this.inbound = inboundOf(props).filter(({ peers }) => peers.length > 0);
    this.outbound = outboundOf(props).filter(({ peers }) => peers.length > 0);
    this.rules = [
      ...this.inbound.slice(0, this.inbound.length - (props.allow?.length ?? 0)).map(ruleOf),
      ...(props.allow ?? []),
    ];
    this.ruleset = firewallRuleset(this, props);
  }
}

function ruleOf({ for: purpose, protocol, port, endPort, peers }: Opening): FirewallRule {
  return {
    protocol: protocol as Protocol,
    port: port!,
    ...(endPort === undefined ? {} : { endPort }),
    from: peers,
    for: purpose,
  };
}

/** The addresses of some groups, each once. */
function those(addresses: ClusterAddresses, ...groups: readonly AddressGroup[]): readonly string[] {
  return [...new Set(groups.flatMap((group) => addresses[group] ?? []))];
}

function tcp(purpose: string, port: number, peers: readonly string[], endPort?: number): Opening {
  return { for: purpose, protocol: 'TCP', port, ...(endPort === undefined ? {} : { endPort }), peers };
}

function udp(purpose: string, port: number, peers: readonly string[]): Opening {
  return { for: purpose, protocol: 'UDP', port, peers };
}

function inboundOf({ role, addresses, transports = [], allow = [] }: FirewallProps): readonly Opening[] {
  const { apiServer, etcdClient, etcdPeer } = STANDARD_PORTS;
  const ssh = tcp('SSH', 22, addresses.administrators);
  const allowed = allow.map(({ for: purpose = 'workloads', from, ...ports }) => ({
    for: purpose,
    ...ports,
    peers: from,
  }));
  if (role === 'etcd')
    return [
      tcp('etcd clients', etcdClient, addresses.controlPlanes),
      tcp('etcd peers', etcdPeer, addresses.etcd ?? []),
      ssh,
      ...allowed,
    ];
  const controlPlane = [
    tcp('kube-apiserver', apiServer, those(addresses, 'administrators', 'nodes', 'pods', 'loadBalancers')),
    ...(addresses.etcd === undefined ? [tcp('etcd', etcdClient, addresses.controlPlanes, etcdPeer)] : []),
  ];
  return [
    ...(role === 'control-plane' ? controlPlane : []),
    tcp('kubelet', KUBELET_PORTS.api, those(addresses, 'controlPlanes', 'scrapers')),
    tcp('kube-proxy health', KUBE_PROXY_PORTS.health, those(addresses, 'loadBalancers')),
    ssh,
    ...transports.map((name) => ({ for: name, ...NETWORK_TRANSPORTS[name], peers: addresses.nodes })),
    ...allowed,
  ];
}

function outboundOf({
  role,
  addresses,
  apiServerPort,
  transports = [],
  egress = [],
}: FirewallProps): readonly Opening[] {
  const { apiServer, etcdClient, etcdPeer } = STANDARD_PORTS;
  const everywhere = [
    udp('DNS', 53, those(addresses, 'resolvers')),
    tcp('DNS', 53, those(addresses, 'resolvers')),
    udp('time', 123, those(addresses, 'timeServers')),
    tcp('registries', 443, those(addresses, 'registries')),
    ...egress.map(({ to, ...rest }) => ({ ...rest, peers: to })),
  ];
  if (role === 'etcd') return [tcp('etcd peers', etcdPeer, addresses.etcd ?? []), ...everywhere];
  const etcd =
    addresses.etcd === undefined
      ? tcp('etcd', etcdClient, addresses.controlPlanes, etcdPeer)
      : tcp('etcd', etcdClient, addresses.etcd);
  return [
    tcp('kube-apiserver', apiServer, addresses.controlPlanes),
    tcp('kube-apiserver endpoint', apiServerPort ?? apiServer, those(addresses, 'apiServers')),
    ...(role === 'control-plane' ? [etcd, tcp('kubelets', KUBELET_PORTS.api, addresses.nodes)] : []),
    // Probes of the kubelet, webhooks and aggregated APIs of the API server, names for pods in the network of the node.
    { for: 'pods', protocol: 'any', peers: addresses.pods },
    ...transports.map((name) => ({ for: name, ...NETWORK_TRANSPORTS[name], peers: addresses.nodes })),
    ...everywhere,
  ];
}

/** Everything that is wrong with the properties of a firewall. */
export function firewallProblems({
  role,
  addresses,
  apiServerPort = STANDARD_PORTS.apiServer,
  transports = [],
  allow = [],
  egress = [],
}: FirewallProps): readonly Problem[] {
  const problems: Problem[] = [...addressProblems(addresses)];
  for (const [index, name] of transports.entries())
    if (!Object.hasOwn(NETWORK_TRANSPORTS, name))
      problems.push(
        invalid(
          `transports[${index}]`,
          `${shown(name)} is no transport.`,
          `Use ${Object.keys(NETWORK_TRANSPORTS).join(', ')}.`,
        ),
      );
  if (!isPort(apiServerPort))
    problems.push(
      invalid('apiServerPort', `${apiServerPort} is no port.`, 'Give a whole number from 1 to 65535.'),
    );
  if (role === 'etcd' && (addresses.etcd ?? []).length === 0)
    problems.push(
      invalid('addresses.etcd', 'A host of etcd has no peers, itself with them.', 'Give the hosts of etcd.'),
    );
  const check = (
    where: string,
    rule: Omit<EgressRule, 'for' | 'to'> & { readonly for?: string },
    peers: string,
    list: readonly string[],
  ): void => {
    const { protocol, port, endPort = port, for: purpose = 'workloads' } = rule;
    // It stands in the ruleset as it is.
    if (!PROTOCOLS.includes(protocol))
      problems.push(invalid(where, `${shown(protocol)} is no protocol.`, `Give ${PROTOCOLS.join(', ')}.`));
    if (![port, endPort].every(isPort) || endPort < port)
      problems.push(
        invalid(
          where,
          `${port} to ${endPort} are no ports.`,
          'Give whole numbers from 1 to 65535, the lower first.',
        ),
      );
    if (!/^[\w ,.:/()-]{1,60}$/.test(purpose))
      problems.push(
        invalid(
          `${where}.for`,
          'It is no short name.',
          'Give at most 60 letters, digits, spaces and ,.:/()-',
        ),
      );
    if (list.length === 0)
      problems.push(invalid(`${where}.${peers}`, 'There is no address.', 'Give at least one range.'));
    readRanges(`${where}.${peers}`, list, problems, { everybody: true });
  };
  for (const [index, rule] of allow.entries()) {
    check(`allow[${index}]`, rule, 'from', rule.from);
    const closed = LOOPBACK_ALONE.filter((port) => rule.port <= port && port <= (rule.endPort ?? rule.port));
    if (rule.protocol === 'TCP' && closed.length > 0)
      problems.push(
        invalid(
          `allow[${index}]`,
          `Port ${closed.join(', ')} is for the node alone.`,
          'Leave it closed: ask through the API server.',
        ),
      );
    const named = OF_A_GROUP.filter(([port]) => rule.port <= port && port <= (rule.endPort ?? rule.port));
    if (rule.protocol === 'TCP' && named.length > 0)
      problems.push(
        invalid(
          `allow[${index}]`,
          `Port ${named.map(([port]) => port).join(', ')} is the node's own.`,
          `Name who needs it in ${named.map(([, group]) => `addresses.${group}`).join(', ')}.`,
        ),
      );
  }
  for (const [index, rule] of egress.entries()) check(`egress[${index}]`, rule, 'to', rule.to);
  return problems;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}

const PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP'];

/** Ports of the node itself, and the group that says who is let in: groups hold no more than a network of one owner. */
const OF_A_GROUP: readonly (readonly [port: number, group: AddressGroup])[] = [
  [22, 'administrators'],
  [STANDARD_PORTS.apiServer, 'administrators'],
  [KUBELET_PORTS.api, 'scrapers'],
  [KUBE_PROXY_PORTS.health, 'loadBalancers'],
];

/** Ports that nobody beyond the node is let in to, whoever asks. */
const LOOPBACK_ALONE: readonly number[] = [
  STANDARD_PORTS.controllerManager,
  STANDARD_PORTS.scheduler,
  KUBELET_PORTS.health,
  KUBE_PROXY_PORTS.metrics,
  // The cloud controller manager.
  10258,
  STANDARD_PORTS.etcdClient,
  STANDARD_PORTS.etcdPeer,
  // Health of etcd.
  2381,
  // The port of the kubelet that is off.
  10255,
];
