/**
 * The firewall of each role, loaded into a network namespace: every port is tried from every group of addresses and from a stranger, in
 * and out, and what is answered equals what is declared. A port that should be closed counts as closed after two seconds; one that
 * should be open is given half a minute before it counts as closed.
 */
import { join } from 'node:path';
import {
  Firewall,
  type ClusterAddresses,
  type FirewallProps,
  type NodeRole,
  type Opening,
} from '../../constructs/node';
import { Cidr, Ip } from '../../model';
import { findNft, type Nft } from '../tools/debian/nft';
import { connect, Machine, whyNoMachines, type Attempt } from '../tools/netns/machines';

const ADDRESSES: ClusterAddresses = {
  nodes: ['10.0.0.0/24', 'fd00:1::/64'],
  controlPlanes: ['10.0.0.10', '10.0.0.11', 'fd00:1::10', 'fd00:1::11'],
  pods: ['10.244.0.0/16', 'fd00:2::/56'],
  services: ['10.96.0.0/16', 'fd00:3::/112'],
  administrators: ['192.0.2.0/28', '2001:db8::/64'],
  apiServers: ['10.0.8.3'],
  loadBalancers: ['10.0.8.1'],
  scrapers: ['10.0.8.2'],
  resolvers: ['10.0.9.53', 'fd00:9::53'],
  timeServers: ['10.0.9.123'],
  registries: ['10.0.9.44'],
};

/** One address of each group that is elsewhere, and strangers: beside a range, and far away. */
const WORLD = [
  ...[
    '10.0.0.77',
    '10.0.0.11',
    '10.244.9.9',
    '192.0.2.1',
    '10.0.8.1',
    '10.0.8.2',
    '10.0.8.3',
    '10.0.9.53',
    '10.0.9.123',
  ],
  ...['10.0.9.44', '10.0.5.2', '198.51.100.7', '10.0.1.1', '203.0.113.9', '192.0.2.16'],
  ...['fd00:1::77', 'fd00:1::11', 'fd00:2:0:1::9', '2001:db8::1', 'fd00:9::53', '2001:db8:ffff::9'],
];
const HERE = ['10.0.0.10', 'fd00:1::10'];
const POD = ['10.244.1.5', 'fd00:2::5'];

const PORTS = [
  ...[
    22, 53, 80, 123, 179, 443, 2379, 2380, 2381, 4240, 5473, 6443, 6514, 8080, 10248, 10249, 10250, 10255,
    10256, 10257, 10259,
  ],
  ...[30080, 30081, 30082],
].map((port) => ({ protocol: 'TCP', port }));
const UDP_PORTS = [53, 123, 443, 4789, 6443, 8472, 10250, 30080, 51871].map((port) => ({
  protocol: 'UDP',
  port,
}));
const ALL_PORTS = [...PORTS, ...UDP_PORTS];

const MORE: Partial<FirewallProps> = {
  transports: ['cilium-vxlan', 'cilium-health'],
  allow: [{ protocol: 'TCP', port: 30080, endPort: 30081, from: ['198.51.100.0/24'] }],
  egress: [{ for: 'logs', protocol: 'TCP', port: 6514, to: ['203.0.113.0/24'] }],
};

function firewallOf(role: NodeRole): Firewall {
  const addresses = role === 'etcd' ? { ...ADDRESSES, etcd: ['10.0.5.0/30'] } : ADDRESSES;
  return new Firewall({ role, addresses, ...MORE });
}

function isDeclared(
  openings: readonly Opening[],
  { protocol, port }: { protocol: string; port: number },
  peer: string,
): boolean {
  return openings.some(
    (opening) =>
      (opening.protocol === 'any' ||
        (opening.protocol === protocol &&
          opening.port! <= port &&
          port <= (opening.endPort ?? opening.port!))) &&
      opening.peers.some((range) => Cidr.parseAny(range)!.containsIp(Ip.parse(peer)!)),
  );
}

/** What was answered and should not have been, and the other way round. */
async function wrong(
  machine: Machine,
  attempts: readonly (Attempt & { readonly open: boolean })[],
): Promise<readonly string[]> {
  const answers = await machine.attempt(attempts, 2_000);
  const late = attempts.filter(({ open }, at) => open && answers[at] === false);
  const given = late.length === 0 ? [] : await machine.attempt(late, 30_000);
  const told = ({ protocol, port, from, to }: Attempt) => `${protocol} ${port} from ${from} to ${to}`;
  return [
    ...attempts
      .filter(({ open }, at) => !open && answers[at] === true)
      .map((attempt) => `open: ${told(attempt)}`),
    ...late.filter((_, at) => given[at] === false).map((attempt) => `closed: ${told(attempt)}`),
  ];
}

/** Counts what reaches the node's own loopback addresses from elsewhere, after the firewall. */
const BEHIND = `table inet behind
delete table inet behind
table inet behind {
  counter passed { }
  chain input {
    type filter hook input priority filter; policy accept;
    iif != "lo" ip daddr 127.0.0.0/8 counter name passed
  }
}
`;

const sameFamily = (a: string, b: string) => a.includes(':') === b.includes(':');

const found = findNft();
const reason = 'reason' in found ? found.reason : whyNoMachines(found);
const nft = found as Nft;
if (reason !== undefined) console.warn(`The firewall is not tried: ${reason}.`);

(reason === undefined ? describe : describe.skip)('the firewall in the kernel', () => {
  let machines: readonly Machine[] = [];
  const machine = (at: number) => machines[at]!;

  beforeAll(async () => {
    machines = await Promise.all([Machine.make(), Machine.make(), Machine.make()]);
    const [node, world, pod] = [machine(0), machine(1), machine(2)];
    connect(node, HERE, world, WORLD, 'outside');
    connect(node, ['10.244.1.1', 'fd00:2::1'], pod, POD, 'inside');
    for (const family of ['-4', '-6']) {
      node.run('ip', [family, 'route', 'add', 'default', 'dev', 'outside']);
      world.run('ip', [family, 'route', 'add', 'default', 'dev', 'outside']);
      pod.run('ip', [family, 'route', 'add', 'default', 'dev', 'inside']);
    }
    for (const address of POD) {
      node.run('ip', ['route', 'add', address, 'dev', 'inside']);
    }
    node.set('net/ipv4/ip_forward', '1');
    node.set('net/ipv6/conf/all/forwarding', '1');
    // The world and the pod are on cables of their own: the node answers for those behind it.
    node.set('net/ipv4/conf/all/proxy_arp', '1');
    node.set('net/ipv6/conf/all/proxy_ndp', '1');
    for (const address of POD.filter((one) => one.includes(':')))
      node.run('ip', ['neighbour', 'add', 'proxy', address, 'dev', 'outside']);
    for (const address of WORLD.filter((one) => one.includes(':')))
      node.run('ip', ['neighbour', 'add', 'proxy', address, 'dev', 'inside']);
    for (const one of HERE.filter((address) => address.includes(':')))
      node.run('ip', ['neighbour', 'add', 'proxy', one, 'dev', 'inside']);
    // On each address by itself: from a socket for all of them, UDP would answer from another one than was asked.
    const everywhere = (hosts: readonly string[]) =>
      hosts.flatMap((host) => ALL_PORTS.map((port) => ({ ...port, host })));
    await Promise.all([
      node.listen(everywhere(HERE)),
      world.listen(everywhere(WORLD)),
      pod.listen(everywhere(POD)),
    ]);
  }, 300_000);

  afterAll(async () => {
    for (const one of machines) await one.remove();
  });

  test('without it, every port answers everybody: what is closed below, it closes', async () => {
    machine(0).load(nft, 'table inet keelson\ndelete table inet keelson\n');
    const into = WORLD.flatMap((from) =>
      HERE.filter((to) => sameFamily(from, to)).flatMap((to) =>
        ALL_PORTS.map((port) => ({ ...port, from, to, open: true })),
      ),
    );
    expect(await wrong(machine(1), into)).toEqual([]);
  }, 600_000);

  describe.each<NodeRole>(['control-plane', 'worker', 'etcd'])('%s', (role) => {
    const firewall = firewallOf(role);

    beforeAll(() => {
      // Twice: it replaces itself.
      machine(0).load(nft, firewall.ruleset);
      machine(0).load(nft, firewall.ruleset);
    });

    test('lets in what is declared, and nothing else', async () => {
      const attempts = WORLD.flatMap((from) =>
        HERE.filter((to) => sameFamily(from, to)).flatMap((to) =>
          ALL_PORTS.map((port) => ({ ...port, from, to, open: isDeclared(firewall.inbound, port, from) })),
        ),
      );
      expect(attempts.filter(({ open }) => open).length).toBeGreaterThan(5);
      expect(await wrong(machine(1), attempts)).toEqual([]);
    }, 600_000);

    test('lets out what is declared, and nothing else', async () => {
      const attempts = WORLD.flatMap((to) =>
        HERE.filter((from) => sameFamily(from, to)).flatMap((from) =>
          ALL_PORTS.map((port) => ({ ...port, from, to, open: isDeclared(firewall.outbound, port, to) })),
        ),
      );
      expect(attempts.filter(({ open }) => open).length).toBeGreaterThan(5);
      expect(await wrong(machine(0), attempts)).toEqual([]);
    }, 600_000);

    test('a ruleset with a mistake leaves the one before in force', async () => {
      expect(() => machine(0).load(nft, firewall.ruleset.replace('policy drop', 'policy maybe'))).toThrow(
        'nft',
      );
      const [to, from] = ['10.0.0.10', '203.0.113.9'];
      expect(await wrong(machine(1), [{ protocol: 'TCP', port: 22, from, to, open: false }])).toEqual([]);
    }, 600_000);
  });

  test('the probe of NET-1 holds on a stranger, and fails there without the rules', () => {
    const ports = [6443, 2379, 2380, 10250, 10257, 10259, 22].map((port) => ({
      name: 'port',
      host: '10.0.0.10',
      port,
    }));
    const script = `
      const { default: probe } = require(${JSON.stringify(join(__dirname, '../../probes/checks/closed-to-strangers'))});
      void probe.run({ stranger: ${JSON.stringify({ ports, from: '203.0.113.9' })} }).then(({ verdict }) => console.log(verdict));
    `;
    const verdict = () =>
      machine(1).run(process.execPath, ['--import', 'tsx', '--input-type=commonjs', '-e', script]);
    machine(0).load(nft, firewallOf('control-plane').ruleset);
    expect(verdict().trim()).toBe('holds');
    machine(0).load(nft, 'table inet keelson\ndelete table inet keelson\n');
    expect(verdict().trim()).toBe('fails');
  }, 600_000);

  test('what listens on loopback is not reached from beside, where route_localnet would let it (CVE-2020-8558)', async () => {
    const [node, world] = [machine(0), machine(1)];
    await node.listen([{ protocol: 'TCP', port: 6443, host: '127.0.0.1' }]);
    for (const one of [node, world]) one.set('net/ipv4/conf/all/route_localnet', '1');
    world.run('ip', ['route', 'delete', 'local', '127.0.0.0/8', 'dev', 'lo', 'table', 'local']);
    world.run('ip', ['route', 'delete', 'local', '127.0.0.1', 'dev', 'lo', 'table', 'local']);
    world.run('ip', ['route', 'add', '127.0.0.1', 'dev', 'outside']);
    world.run('ip', [
      'neighbour',
      'add',
      '127.0.0.1',
      'lladdr',
      node.hardwareAddress('outside'),
      'dev',
      'outside',
    ]);
    // Answers do not find back to who asks from beside; what passes the firewall is counted behind it.
    const passed = async (ruleset: string): Promise<number> => {
      node.load(nft, ruleset);
      node.load(nft, BEHIND);
      // From a node, at a port that is open to nodes.
      await world.attempt([{ protocol: 'TCP', port: 6443, from: '10.0.0.77', to: '127.0.0.1' }], 2_000);
      const told = node.run(nft.path, ['list', 'counter', 'inet', 'behind', 'passed'], '', { ...nft.env });
      return Number(/packets (\d+)/.exec(told)?.[1]);
    };
    expect(await passed('table inet keelson\ndelete table inet keelson\n')).toBeGreaterThan(0);
    expect(await passed(firewallOf('control-plane').ruleset)).toBe(0);
    const careless = firewallOf('control-plane').ruleset.replace('ip daddr 127.0.0.0/8 drop', '');
    expect(await passed(careless)).toBeGreaterThan(0);
  }, 600_000);

  describe('what is forwarded', () => {
    beforeAll(() => {
      machine(0).load(nft, firewallOf('worker').ruleset);
      // As kube-proxy has it: one node port leads to a pod, one to what runs in the network of the node.
      machine(0).load(
        nft,
        `table ip services {
          chain prerouting {
            type nat hook prerouting priority dstnat;
            tcp dport 30080 dnat to 10.244.1.5:8080
            tcp dport 30081 dnat to 10.0.0.10:8080
            tcp dport 30082 dnat to 10.244.1.5:8080
          }
        }\n`,
      );
    });

    test('pods are reached by nodes and pods; pods reach what they like; strangers reach a node port that is let in', async () => {
      const into = (from: string, to: string, port: number, open: boolean) => ({
        protocol: 'TCP',
        port,
        from,
        to,
        open,
      });
      const [pod, pod6] = POD as [string, string];
      expect(
        await wrong(machine(1), [
          into('10.0.0.77', pod, 8080, true),
          into('10.244.9.9', pod, 8080, true),
          into('fd00:1::77', pod6, 8080, true),
          into('203.0.113.9', pod, 8080, false),
          into('192.0.2.1', pod, 8080, false),
          into('2001:db8:ffff::9', pod6, 8080, false),
          into('198.51.100.7', pod, 8080, false),
          into('198.51.100.7', '10.0.0.10', 30080, true),
          into('198.51.100.7', '10.0.0.10', 30081, true),
          into('198.51.100.7', '10.0.0.10', 30082, false),
          into('203.0.113.9', '10.0.0.10', 30080, false),
          into('203.0.113.9', '10.0.0.10', 30081, false),
        ]),
      ).toEqual([]);
      expect(
        await wrong(machine(2), [
          into(pod, '203.0.113.9', 443, true),
          into(pod6, '2001:db8:ffff::9', 443, true),
          into(pod, '10.0.0.10', 22, false),
          into(pod, '10.0.0.10', 10250, false),
          into(pod, '10.0.0.10', 6443, false),
          into(pod6, 'fd00:1::10', 10250, false),
        ]),
      ).toEqual([]);
    }, 600_000);
  });
});
