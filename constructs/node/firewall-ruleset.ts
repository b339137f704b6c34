import { Cidr, type FirewallRule } from '../../model';
import { STANDARD_PORTS } from '../control-plane/layout';
import type { ClusterAddresses } from './cluster-addresses';
import type { Firewall, FirewallProps, Opening } from './firewall';
import { NETWORK_TRANSPORTS, type NetworkTransport } from './network-transport';

/** The name of the table, in the family `inet`. Nothing else is touched: kube-proxy and network plugins have their own. */
export const FIREWALL_TABLE = 'keelson';

/**
 * Before the filters of kube-proxy and of network plugins (0), after they have rewritten destinations (-100): what is dropped here
 * stays dropped, what is accepted here goes on to theirs, and what goes to a Service is judged by the pod or node behind it.
 */
const PRIORITY = 'filter - 10';

/**
 * The ruleset as text for `nft -f`. The first two lines make it replace itself in one transaction: there is no moment without
 * rules, and where a line is wrong the old ones stay.
 *
 * What is forwarded is the pods' own: what they send is for network policies to judge. What reaches them from elsewhere is
 * not: only nodes, and whom an `allow` entry lets in to a node port or host port, connect to pods here.
 */
export function firewallRuleset(
  { inbound, outbound }: Pick<Firewall, 'inbound' | 'outbound'>,
  { role, addresses, transports = [], allow = [], logDrops = true }: FirewallProps,
): string {
  const { pods, nodes, administrators } = addresses;
  const log = (direction: string): readonly string[] =>
    logDrops ? [`limit rate 10/minute burst 20 packets log prefix "keelson ${direction} drop: "`] : [];
  const input = chain('input', 'drop', [
    ...STATE,
    'iif "lo" accept',
    // With route_localnet on, as kube-proxy may have it, others could reach what listens on loopback (CVE-2020-8558).
    'ip saddr 127.0.0.0/8 drop',
    'ip daddr 127.0.0.0/8 drop',
    'ip6 saddr ::1 drop',
    'ip6 daddr ::1 drop',
    ...ICMP,
    ...matches('saddr', [...administrators, ...nodes]).map(
      (match) => `${match} ${echo(match)} accept comment "ping"`,
    ),
    'udp sport 67 udp dport 68 accept comment "DHCP"',
    'ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept comment "DHCPv6"',
    ...inbound.flatMap((opening) => rules('saddr', opening)),
    ...allow.flatMap(rewritten),
    ...log('in'),
  ]);
  const forwarded = [
    ...ofNodes(addresses, transports).flatMap((opening) => keptFromPods(pods, opening)),
    ...rules('saddr', { for: 'what pods send, network policies judge', protocol: 'any', peers: pods }),
    ...matches('saddr', nodes).flatMap((from) =>
      matches('daddr', pods)
        .filter((to) => to.startsWith(`${from.split(' ')[0]} `))
        .map((to) => `${from} ${to} accept comment "nodes to pods"`),
    ),
    ...allow.flatMap(rewritten),
  ];
  const forward = chain('forward', 'drop', [
    ...STATE,
    ...(role === 'etcd' ? [] : forwarded),
    ...log('forward'),
  ]);
  const output = chain('output', 'drop', [
    ...STATE,
    'oif "lo" accept',
    ...ICMP,
    ...matches('daddr', [...administrators, ...nodes]).map(
      (match) => `${match} ${echo(match)} accept comment "ping"`,
    ),
    'icmpv6 type { mld-listener-report, mld2-listener-report } accept',
    'udp sport 68 udp dport 67 accept comment "DHCP"',
    'ip6 daddr { fe80::/10, ff02::1:2 } udp sport 546 udp dport 547 accept comment "DHCPv6"',
    ...outbound.flatMap((opening) => rules('daddr', opening)),
    ...log('out'),
    // Programs of the node learn at once that they may not, and do not wait.
    'reject with icmpx admin-prohibited',
  ]);
  const table = `table inet ${FIREWALL_TABLE}`;
  return [
    '# Written by keelson. Loaded before the network is up; load again with: systemctl reload keelson-firewall',
    table,
    `delete ${table}`,
    `${table} {`,
    ...[input, forward, output].map((text) => `${text}\n`),
    '}',
    '',
  ].join('\n');
}

const STATE = ['ct state established,related accept', 'ct state invalid drop'];

/** What IP itself needs: errors, path MTU, neighbours and routers of IPv6. Source: RFC 4890. */
const ICMP = [
  'icmp type { destination-unreachable, time-exceeded, parameter-problem } accept',
  'icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept',
  'icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept',
  'ip6 saddr fe80::/10 icmpv6 type mld-listener-query accept',
];

function echo(match: string): string {
  return match.startsWith('ip6') ? 'icmpv6 type echo-request' : 'icmp type echo-request';
}

function chain(hook: string, policy: string, lines: readonly string[]): string {
  return [
    `  chain ${hook} {`,
    `    type filter hook ${hook} priority ${PRIORITY}; policy ${policy};`,
    ...lines.map((line) => `    ${line}`),
    '  }',
  ].join('\n');
}

/** The lines of one opening: one for each family of addresses. */
function rules(
  end: 'saddr' | 'daddr',
  { for: purpose, protocol, port, endPort, peers }: Opening,
): readonly string[] {
  const ports = protocol === 'any' ? '' : ` ${protocol.toLowerCase()} dport ${span(port!, endPort)}`;
  return matches(end, peers).map((match) => `${match}${ports} accept comment "${purpose}"`);
}

/** A node port or host port that kube-proxy or the plugin has led to a pod: the port that was asked for is in the connection. */
function rewritten({
  from,
  protocol,
  port,
  endPort,
  for: purpose = 'workloads',
}: FirewallRule): readonly string[] {
  const asked = `meta l4proto ${protocol.toLowerCase()} ct original proto-dst ${span(port, endPort)}`;
  return matches('saddr', from).map(
    (match) => `${match} ct status dnat ${asked} accept comment "${purpose}"`,
  );
}

/**
 * What nodes alone say to each other. The network plugin may give what a pod sends to another node the address of its own node: so a
 * pod is told from its node here, and nowhere later. It could put packets into the tunnels of the plugin otherwise, past every network
 * policy, or reach etcd from a control plane.
 */
function ofNodes(
  { nodes, controlPlanes, etcd = [] }: ClusterAddresses,
  transports: readonly NetworkTransport[],
): readonly Opening[] {
  const { etcdClient, etcdPeer } = STANDARD_PORTS;
  return [
    ...transports.map((name) => ({ for: name, ...NETWORK_TRANSPORTS[name], peers: nodes })),
    { for: 'etcd', protocol: 'TCP', port: etcdClient, endPort: etcdPeer, peers: [...controlPlanes, ...etcd] },
  ];
}

/** The lines that drop what pods send to ports of nodes. */
function keptFromPods(
  pods: readonly string[],
  { for: purpose, protocol, port, endPort, peers }: Opening,
): readonly string[] {
  return matches('saddr', pods).flatMap((from) =>
    matches('daddr', peers)
      .filter((to) => to.startsWith(`${from.split(' ')[0]} `))
      .map(
        (to) =>
          `${from} ${to} ${protocol.toLowerCase()} dport ${span(port!, endPort)} drop comment "${purpose}: not for pods"`,
      ),
  );
}

function span(port: number, endPort = port): string {
  return endPort === port ? String(port) : `${port}-${endPort}`;
}

/** Matches of addresses, one for each family; a range that another one holds is left out, which nft would refuse. */
function matches(end: 'saddr' | 'daddr', texts: readonly string[]): readonly string[] {
  const ranges = texts.map((text) => Cidr.parseAny(text)!.masked());
  return ([4, 6] as const).flatMap((family) => {
    const own = ranges.filter(({ ip }) => ip.family === family);
    const widest = own.filter(
      (range, index) =>
        !own.some(
          (other, at) => at !== index && other.containsCidr(range) && (at < index || !range.equals(other)),
        ),
    );
    const names = widest.map((range) =>
      range.length === range.ip.length ? String(range.ip) : String(range),
    );
    return names.length === 0 ? [] : [`${family === 4 ? 'ip' : 'ip6'} ${end} { ${names.join(', ')} }`];
  });
}
