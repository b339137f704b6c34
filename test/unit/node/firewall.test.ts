import * as fc from 'fast-check';
import {
  Firewall,
  firewallProblems,
  NETWORK_TRANSPORTS,
  type FirewallProps,
  type NodeRole,
} from '../../../constructs/node';
import type { FirewallRule } from '../../../model';
import { judged, namespace, pod } from '../support/network';
import { ADDRESSES, problemsOf } from './sample';

const firewall = (props: Partial<FirewallProps> = {}) =>
  new Firewall({ role: 'control-plane', addresses: ADDRESSES, ...props });
const lines = (chain: string, text: string) =>
  text
    .split(`chain ${chain} {\n`)[1]!
    .split('\n  }')[0]!
    .split('\n')
    .map((line) => line.trim());
const ports = ({ inbound }: Firewall) =>
  Object.fromEntries(
    inbound.map(({ for: purpose, port, endPort, peers }) => [
      `${purpose} ${port}${endPort ? `-${endPort}` : ''}`,
      peers,
    ]),
  );

test('a control plane: each port for those who need it', () => {
  expect(ports(firewall())).toEqual({
    'kube-apiserver 6443': [...ADDRESSES.administrators, ...ADDRESSES.nodes, ...ADDRESSES.pods],
    'etcd 2379-2380': ADDRESSES.controlPlanes,
    'kubelet 10250': ADDRESSES.controlPlanes,
    'SSH 22': ADDRESSES.administrators,
  });
});

test('a worker: the kubelet and SSH', () => {
  expect(ports(firewall({ role: 'worker' }))).toEqual({
    'kubelet 10250': ADDRESSES.controlPlanes,
    'SSH 22': ADDRESSES.administrators,
  });
});

test('a host of etcd, and a control plane beside it', () => {
  const addresses = { ...ADDRESSES, etcd: ['10.0.5.0/30'] };
  expect(ports(firewall({ role: 'etcd', addresses }))).toEqual({
    'etcd clients 2379': ADDRESSES.controlPlanes,
    'etcd peers 2380': ['10.0.5.0/30'],
    'SSH 22': ADDRESSES.administrators,
  });
  const beside = firewall({ addresses });
  expect(ports(beside)).not.toHaveProperty(['etcd 2379-2380']);
  expect(beside.outbound).toContainEqual({
    for: 'etcd',
    protocol: 'TCP',
    port: 2379,
    peers: ['10.0.5.0/30'],
  });
});

test('load balancers, scrapers, transports and what is allowed besides', () => {
  const addresses = { ...ADDRESSES, loadBalancers: ['10.0.8.1'], scrapers: ['10.0.8.2'] };
  const allow = [{ protocol: 'TCP' as const, port: 30000, endPort: 30010, from: ['0.0.0.0/0', '::/0'] }];
  const open = firewall({ role: 'worker', addresses, transports: ['cilium-vxlan', 'cilium-health'], allow });
  expect(ports(open)).toEqual({
    'kubelet 10250': [...ADDRESSES.controlPlanes, '10.0.8.2'],
    'kube-proxy health 10256': ['10.0.8.1'],
    'SSH 22': ADDRESSES.administrators,
    'cilium-vxlan 8472': ADDRESSES.nodes,
    'cilium-health 4240': ADDRESSES.nodes,
    'workloads 30000-30010': ['0.0.0.0/0', '::/0'],
  });
  // To a Service's pods, node ports are forwarded; to those in the network of the node they are not.
  for (const chain of ['input', 'forward'])
    expect(lines(chain, open.ruleset)).toContain(
      'ip saddr { 0.0.0.0/0 } ct status dnat meta l4proto tcp ct original proto-dst 30000-30010 accept comment "workloads"',
    );
});

test('what a node may connect to', () => {
  const names = ({ outbound }: Firewall) =>
    outbound.map(({ for: purpose, protocol, port }) => `${purpose} ${protocol} ${port ?? ''}`.trim());
  const everywhere = ['DNS UDP 53', 'DNS TCP 53', 'time UDP 123', 'registries TCP 443'];
  expect(names(firewall({ role: 'worker' }))).toEqual(['kube-apiserver TCP 6443', 'pods any', ...everywhere]);
  expect(names(firewall())).toEqual([
    'kube-apiserver TCP 6443',
    'etcd TCP 2379',
    'kubelets TCP 10250',
    'pods any',
    ...everywhere,
  ]);
  const egress = [{ for: 'logs', protocol: 'TCP' as const, port: 6514, to: ['10.0.7.1'] }];
  expect(firewall({ egress }).outbound.at(-1)).toEqual({
    for: 'logs',
    protocol: 'TCP',
    port: 6514,
    peers: ['10.0.7.1'],
  });
  const { resolvers, timeServers, registries, ...rest } = ADDRESSES;
  expect([resolvers, timeServers, registries]).not.toContain(undefined);
  expect(names(firewall({ role: 'worker', addresses: rest }))).toEqual([
    'kube-apiserver TCP 6443',
    'pods any',
  ]);
});

describe.each<NodeRole>(['control-plane', 'worker', 'etcd'])('the ruleset of a node of role %s', (role) => {
  const addresses = { ...ADDRESSES, etcd: ['10.0.5.0/30'] };
  const { ruleset } = firewall({ role, addresses });

  test.each(['input', 'output', 'forward'])('drops what no rule of %s accepts', (chain) => {
    expect(lines(chain, ruleset)[0]).toBe(`type filter hook ${chain} priority filter - 10; policy drop;`);
  });

  test('replaces itself in one transaction, and touches nothing else', () => {
    expect(ruleset.split('\n').slice(1, 4)).toEqual([
      'table inet keelson',
      'delete table inet keelson',
      'table inet keelson {',
    ]);
    expect(ruleset).not.toContain('flush');
  });

  test('nobody beyond the node reaches loopback, whatever route_localnet says', () => {
    const input = lines('input', ruleset);
    for (const rule of ['ip daddr 127.0.0.0/8 drop', 'ip6 daddr ::1 drop', 'ip saddr 127.0.0.0/8 drop']) {
      expect(input.indexOf(rule)).toBeGreaterThan(input.indexOf('iif "lo" accept'));
      expect(input.indexOf(rule)).toBeLessThan(input.findIndex((line) => line.includes('dport')));
    }
  });

  test('path MTU and neighbours of IPv6 work in both directions', () => {
    for (const chain of ['input', 'output'])
      for (const type of ['packet-too-big', 'nd-neighbor-solicit', 'destination-unreachable'])
        expect(lines(chain, ruleset).join('\n')).toContain(type);
  });

  test('logs a bounded number of drops, or none', () => {
    expect(
      ruleset.match(/limit rate 10\/minute burst 20 packets log prefix "keelson (in|out|forward) drop: "/g),
    ).toHaveLength(3);
    expect(firewall({ role, addresses, logDrops: false }).ruleset).not.toContain(' log ');
  });

  test('is the same every time', () => {
    expect(firewall({ role, addresses }).ruleset).toBe(ruleset);
  });
});

test('ports of loopback are open to nobody: no role has them, and no entry can', () => {
  const closed = [10248, 10249, 10255, 10257, 10259, 2381];
  for (const role of ['control-plane', 'worker'] as const)
    for (const { port, endPort = port } of firewall({ role }).inbound)
      expect(closed.filter((one) => port! <= one && one <= endPort!)).toEqual([]);
  expect(
    problemsOf({ allow: [{ protocol: 'TCP', port: 10000, endPort: 11000, from: ['10.0.0.1'] }] }),
  ).toEqual([
    'allow[0]: Port 10257, 10259, 10248, 10249, 10258, 10255 is for the node alone.',
    "allow[0]: Port 10250, 10256 is the node's own.",
  ]);
  expect(problemsOf({ allow: [{ protocol: 'TCP', port: 2379, from: ['10.0.0.1'] }] })).toHaveLength(1);
});

test('a pod does not speak for its node, though the plugin may give what it sends the address of the node', () => {
  const addresses = { ...ADDRESSES, etcd: ['10.0.5.0/30'] };
  for (const role of ['control-plane', 'worker'] as const) {
    const forward = lines('forward', firewall({ role, addresses, transports: ['cilium-vxlan'] }).ruleset);
    const pods = forward.indexOf(
      'ip saddr { 10.244.0.0/16 } accept comment "what pods send, network policies judge"',
    );
    for (const line of [
      'ip saddr { 10.244.0.0/16 } ip daddr { 10.0.0.0/24 } udp dport 8472 drop comment "cilium-vxlan: not for pods"',
      'ip6 saddr { fd00:2::/56 } ip6 daddr { fd00:1::/64 } udp dport 8472 drop comment "cilium-vxlan: not for pods"',
      'ip saddr { 10.244.0.0/16 } ip daddr { 10.0.0.10, 10.0.0.11, 10.0.5.0/30 } tcp dport 2379-2380 drop comment "etcd: not for pods"',
    ]) {
      expect(forward).toContain(line);
      expect(forward.indexOf(line)).toBeLessThan(pods);
    }
  }
});

test('a load balancer in front of the API server is reached at its own port', () => {
  const addresses = { ...ADDRESSES, apiServers: ['10.0.8.3'] };
  const endpoint = (props: object) =>
    firewall({ role: 'worker', addresses, ...props }).outbound.find(
      (opening) => opening.for === 'kube-apiserver endpoint',
    );
  expect(endpoint({})).toMatchObject({ port: 6443, peers: ['10.0.8.3'] });
  expect(endpoint({ apiServerPort: 443 })).toMatchObject({ port: 443 });
  expect(problemsOf({ apiServerPort: 0 })).toEqual(['apiServerPort: 0 is no port.']);
});

test('what comes before any port: answers pass, what belongs to no connection does not', () => {
  for (const chain of ['input', 'output', 'forward'])
    expect(lines(chain, firewall().ruleset).slice(1, 3)).toEqual([
      'ct state established,related accept',
      'ct state invalid drop',
    ]);
  const input = lines('input', firewall().ruleset);
  expect(
    input.filter((line) => line.includes('accept') && !/dport|icmp|ct state|iif "lo"/.test(line)),
  ).toEqual([]);
  expect(input.filter((line) => line.includes('echo-request'))).toEqual([
    'ip saddr { 192.0.2.0/28, 10.0.0.0/24 } icmp type echo-request accept comment "ping"',
    'ip6 saddr { 2001:db8::/64, fd00:1::/64 } icmpv6 type echo-request accept comment "ping"',
  ]);
});

test('the network check compares it with the workloads: a node port that is let in and leads nowhere is named', () => {
  const allow = [{ protocol: 'TCP' as const, port: 30080, from: ['192.0.2.0/24'] }];
  const told = (rules: readonly FirewallRule[]) =>
    judged(namespace() + pod('web'), { firewall: rules }).findings.map(
      ({ control, message }) => `${control}: ${message}`,
    );
  expect(told(firewall().rules)).toEqual([]);
  expect(told(firewall({ allow }).rules)).toEqual([
    'firewall-agrees: The firewall of the nodes opens TCP 30080, and no object does.',
  ]);
});

test('its rules are those of the network check, and only what is allowed besides is looked for among workloads', () => {
  const allow = [{ protocol: 'TCP' as const, port: 30080, from: ['192.0.2.0/24'] }];
  const { rules, inbound } = firewall({ allow });
  expect(rules).toHaveLength(inbound.length);
  expect(rules.filter((rule) => rule.for === undefined)).toEqual(allow);
  expect(rules[0]).toEqual({ protocol: 'TCP', port: 6443, from: inbound[0]!.peers, for: 'kube-apiserver' });
});

test('ports of network plugins are those that their documentation names', () => {
  expect(NETWORK_TRANSPORTS['cilium-vxlan'].port).toBe(8472);
  expect(NETWORK_TRANSPORTS['calico-vxlan'].port).toBe(4789);
  expect(NETWORK_TRANSPORTS['calico-bgp']).toEqual({ protocol: 'TCP', port: 179 });
  expect(NETWORK_TRANSPORTS['cilium-wireguard'].port).toBe(51871);
  expect(NETWORK_TRANSPORTS['cilium-health'].port).toBe(4240);
});

describe('what is refused', () => {
  test('names, bits past the length, everybody, twice: all at once', () => {
    expect(
      problemsOf({
        addresses: {
          ...ADDRESSES,
          administrators: [
            'bastion.example',
            '192.0.2.1/28',
            '0.0.0.0/0',
            '::/1',
            '198.51.100.7',
            '198.51.100.0/24',
          ],
        },
      }),
    ).toEqual([
      "addresses.administrators[0]: 'bastion.example' is no address and no range.",
      "addresses.administrators[1]: '192.0.2.1/28' has bits past its length.",
      "addresses.administrators[2]: '0.0.0.0/0' is wider than any network of one owner.",
      "addresses.administrators[3]: '::/1' is wider than any network of one owner.",
      "addresses.administrators[5]: '198.51.100.0/24' shares addresses with 198.51.100.7/32.",
    ]);
  });

  test('groups that may not share an address, control planes that are no nodes, nobody', () => {
    expect(
      problemsOf({
        addresses: { ...ADDRESSES, pods: ['10.0.0.128/25'], administrators: [], controlPlanes: ['10.0.1.1'] },
      }),
    ).toEqual([
      'addresses.administrators: There is no address.',
      'addresses.pods: 10.0.0.128/25 shares addresses with 10.0.0.0/24 of nodes.',
      'addresses.controlPlanes: 10.0.1.1/32 is not among the nodes.',
    ]);
  });

  test('ports that are none, names that would break the ruleset, nobody', () => {
    expect(
      problemsOf({
        allow: [{ protocol: 'UDP', port: 0, from: [], for: 'x" } ; drop' }],
        egress: [{ for: '', protocol: 'TCP', port: 9, endPort: 8, to: ['nowhere'] }],
      }),
    ).toEqual([
      'allow[0]: 0 to 0 are no ports.',
      'allow[0].for: It is no short name.',
      'allow[0].from: There is no address.',
      'egress[0]: 9 to 8 are no ports.',
      'egress[0].for: It is no short name.',
      "egress[0].to[0]: 'nowhere' is no address and no range.",
    ]);
  });

  test('a protocol that is none: it would stand in the ruleset as it is, and small letters would pass the closed ports by', () => {
    const from = ['0.0.0.0/0'];
    for (const protocol of ['tcp', 'any', 'TCP\n    accept', 'constructor', undefined] as never as 'TCP'[]) {
      expect(problemsOf({ allow: [{ protocol, port: 2379, from }] })).toEqual([
        expect.stringMatching(/^allow\[0\]: .* is no protocol\.$/s),
      ]);
      expect(problemsOf({ egress: [{ for: 'x', protocol, port: 2379, to: from }] })).toHaveLength(1);
    }
  });

  test("a node's own port by `allow`, which takes everybody where groups do not", () => {
    const told = (port: number, endPort?: number) =>
      problemsOf({
        allow: [
          { protocol: 'TCP', port, ...(endPort === undefined ? {} : { endPort }), from: ['0.0.0.0/0'] },
        ],
      });
    for (const port of [22, 6443, 10250, 10256])
      expect(told(port)).toEqual([`allow[0]: Port ${port} is the node's own.`]);
    expect(told(20, 8000)).toEqual([
      'allow[0]: Port 2379, 2380, 2381 is for the node alone.',
      "allow[0]: Port 22, 6443 is the node's own.",
    ]);
    expect(told(30000, 32767)).toEqual([]);
  });

  test('a transport that is none', () => {
    expect(problemsOf({ transports: ['constructor' as 'calico-bgp'] })).toEqual([
      'transports[0]: "constructor" is no transport.',
    ]);
  });

  test('a host of etcd without hosts of etcd', () => {
    expect(problemsOf({ role: 'etcd' })).toEqual([
      'addresses.etcd: A host of etcd has no peers, itself with them.',
    ]);
  });

  test('whatever text stands for a range: it is a problem, or it is in the ruleset as numbers alone', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.ipV4(), fc.ipV6()), (text) => {
        const addresses = { ...ADDRESSES, scrapers: [text] };
        const props: FirewallProps = { role: 'worker', addresses };
        if (firewallProblems(props).length > 0) return;
        const own = new Firewall(props).ruleset.split('\n').filter((line) => line.includes('"kubelet"'));
        for (const line of own)
          expect(line.trim()).toMatch(
            /^ip6? saddr \{ [\da-f.:/, ]+ \} tcp dport 10250 accept comment "kubelet"$/,
          );
      }),
    );
  });
});
