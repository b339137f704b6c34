/**
 * The network plugin for tests: its rules in a real kernel let through what `reachability/` computes, and nothing else. Pods are network
 * namespaces of their own; one machine stands for all that is not on the node: a pod of another node, and a stranger.
 */
import { spawnSync } from 'node:child_process';
import type { Manifest } from '../../constructs';
import { ReachabilityIndex, reachabilityOf, readCluster } from '../../reachability';
import { findNft, type Nft } from '../tools/debian/nft';
import { connect, Machine, whyNoMachines, type Attempt } from '../tools/netns/machines';
import { networkPluginProgram } from '../tools/network-plugin/network-plugin';
import { namespace, pod, policy } from '../unit/support/reach';

/** Pods of the node, by address. */
const LOCAL: Readonly<Record<string, string>> = {
  'shop/web': '10.244.1.2',
  'shop/api': '10.244.1.3',
  'shop/database': '10.244.1.4',
  'other/free': '10.244.1.5',
};
/** A pod of another node, which no policy selects: that would be for its own node to enforce. */
const REMOTE = '10.244.2.2';
const STRANGERS = ['203.0.113.9', '203.0.113.77'];
const NOT_YET_KNOWN = '10.244.1.9';
const TCP = [80, 443, 5432, 5433, 5440, 8080, 8081, 9999];
const UDP = [53, 8080];
const PORTS = [
  ...TCP.map((port) => ({ protocol: 'TCP', port })),
  ...UDP.map((port) => ({ protocol: 'UDP', port })),
];

const podOf = (name: string, ip: string, ports: readonly object[] = []): Manifest => {
  const made = pod(name, { app: name.split('/')[1]! }, { ips: [ip] });
  const containers = [{ name: 'main', image: 'x', ports }];
  const nodeName = ip === REMOTE ? 'node-2' : 'node-1';
  return { ...made, spec: { ...(made.spec as object), containers, nodeName } };
};
const select = (app: string) => ({ matchLabels: { app } });
const both = ['Ingress', 'Egress'];

const PODS: readonly Manifest[] = [
  podOf('shop/web', LOCAL['shop/web']!, [{ name: 'http', containerPort: 8080 }]),
  podOf('shop/api', LOCAL['shop/api']!, [
    { name: 'http', containerPort: 8081 },
    { name: 'names', containerPort: 53, protocol: 'UDP' },
  ]),
  podOf('shop/database', LOCAL['shop/database']!),
  podOf('other/free', LOCAL['other/free']!),
  podOf('far/remote', REMOTE),
];

const NAMESPACES = ['shop', 'other', 'far'].map((name) => namespace(name));

/** Every part of the NetworkPolicy API, each in some rule. */
const POLICIES: Readonly<Record<string, readonly Manifest[]>> = {
  'no policy': [],
  'deny everything': [policy('shop/deny', { podSelector: {}, policyTypes: both })],
  'named ports, ranges of ports and of addresses': [
    policy('shop/deny', { podSelector: {}, policyTypes: both }),
    policy('shop/web', {
      podSelector: select('web'),
      policyTypes: both,
      ingress: [
        {
          from: [{ ipBlock: { cidr: '203.0.113.0/24', except: ['203.0.113.64/26'] } }],
          ports: [{ port: 443 }],
        },
        { from: [{ namespaceSelector: {}, podSelector: select('free') }], ports: [{ port: 'http' }] },
      ],
      egress: [
        {
          to: [{ podSelector: select('api') }],
          ports: [{ port: 'http' }, { protocol: 'UDP', port: 'names' }],
        },
        { to: [{ ipBlock: { cidr: '203.0.113.9/32' } }] },
      ],
    }),
    policy('shop/api', {
      podSelector: select('api'),
      policyTypes: both,
      ingress: [
        { from: [{ podSelector: select('web') }, { namespaceSelector: {}, podSelector: select('remote') }] },
      ],
      egress: [{ to: [{ podSelector: select('database') }], ports: [{ port: 5432, endPort: 5433 }] }],
    }),
    policy('shop/database', {
      podSelector: select('database'),
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 5432, endPort: 5440 }] }],
    }),
  ],
  'ingress alone, everybody at some ports': [
    policy('shop/in', {
      podSelector: {
        matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }],
      },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 'http' }, { protocol: 'UDP' }] }],
    }),
    policy('other/out', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ ports: [{ port: 'http' }] }],
    }),
  ],
  'ranges that are taken out twice': [
    policy('shop/twice', {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ ipBlock: { cidr: '203.0.0.0/16', except: ['203.0.113.0/24', '203.0.113.64/26'] } }] },
        { from: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.244.1.4/31', '203.0.113.9/32'] } }] },
      ],
    }),
  ],
};

const nft = findNft();
const why = 'reason' in nft ? nft.reason : whyNoMachines(nft);
if (why !== undefined) console.warn(`The network plugin for tests is not tried: ${why}.`);
(why === undefined ? describe : describe.skip)('the network plugin for tests', () => {
  const machines: Machine[] = [];
  const byAddress: Record<string, Machine> = {};
  let node: Machine;

  beforeAll(async () => {
    node = await Machine.make();
    machines.push(node);
    node.set('net/ipv4/ip_forward', '1');
    // As ptp does it: each pod has a cable of its own, and a route for its one address.
    const attach = async (addresses: readonly string[], cable: string): Promise<void> => {
      const end = await Machine.make();
      machines.push(end);
      connect(node, ['10.244.1.1/32'], end, addresses, cable);
      for (const address of addresses) {
        node.run('ip', ['route', 'add', `${address}/32`, 'dev', cable]);
        byAddress[address] = end;
      }
      end.run('ip', ['route', 'add', '10.244.1.1/32', 'dev', cable]);
      end.run('ip', ['route', 'add', 'default', 'via', '10.244.1.1', 'dev', cable, 'src', addresses[0]!]);
      await end.listen(addresses.flatMap((host) => PORTS.map((port) => ({ ...port, host }))));
    };
    let cable = 0;
    for (const address of [...Object.values(LOCAL), NOT_YET_KNOWN]) await attach([address], `pod${cable++}`);
    await attach([REMOTE, ...STRANGERS], 'world');
    await node.listen(PORTS.map((port) => ({ ...port, host: '10.244.1.1' })));
  }, 300_000);

  afterAll(async () => {
    for (const one of machines) await one.remove();
  });

  /** Which of the connections are otherwise than they should be. */
  async function wrong(
    attempts: readonly (Attempt & { readonly open: boolean })[],
  ): Promise<readonly string[]> {
    const tryAll = async (some: readonly Attempt[], wait: number): Promise<ReadonlyMap<Attempt, boolean>> => {
      const answers = new Map<Attempt, boolean>();
      for (const from of new Set(some.map((one) => one.from))) {
        const own = some.filter((one) => one.from === from);
        const told = await (byAddress[from] ?? node).attempt(own, wait);
        own.forEach((one, at) => answers.set(one, told[at]!));
      }
      return answers;
    };
    const first = await tryAll(attempts, 2_000);
    const late = await tryAll(
      attempts.filter((one) => one.open && first.get(one) === false),
      30_000,
    );
    return attempts
      .filter((one) => (late.get(one) ?? first.get(one)) !== one.open)
      .map(
        ({ protocol, port, from, to, open }) =>
          `${open ? 'closed' : 'open'}: ${protocol} ${port} ${from} -> ${to}`,
      );
  }

  const load = (policies: readonly Manifest[], pods = PODS): void => {
    const given = {
      node: 'node-1',
      pods,
      nodes: [
        { metadata: { name: 'node-1' }, spec: { podCIDRs: ['10.244.1.0/24'] } },
        { metadata: { name: 'node-2' }, spec: { podCIDRs: ['10.244.2.0/24'] } },
      ],
      namespaces: NAMESPACES,
      policies,
    };
    const input = JSON.stringify(given);
    const { stdout, stderr } = spawnSync(networkPluginProgram(), ['rules'], { input, encoding: 'utf8' });
    expect(stderr).toBe('');
    node.load(nft as Nft, stdout);
  };

  test.each(Object.entries(POLICIES))(
    '%s: what is let through is what is computed',
    async (_, policies) => {
      const objects = [...NAMESPACES, ...PODS, ...policies];
      const index = new ReachabilityIndex(
        reachabilityOf(readCluster(objects.map((manifest) => ({ manifest, source: 'test', live: true })))),
      );
      const ids: Readonly<Record<string, string>> = Object.fromEntries([
        ...Object.entries(LOCAL).map(([pod, ip]) => [ip, `Pod ${pod}`]),
        [REMOTE, 'Pod far/remote'],
      ]);
      const ends = [...Object.values(LOCAL), REMOTE, ...STRANGERS];
      const attempts = ends.flatMap((from) =>
        ends
          // The rules of a node are about its own pods: what is between others is theirs.
          .filter((to) => from !== to && [from, to].some((one) => Object.values(LOCAL).includes(one)))
          .flatMap((to) =>
            PORTS.map(({ protocol, port }) => {
              const asked = { from: ids[from] ?? from, to: ids[to] ?? to, protocol: protocol as 'TCP', port };
              return { protocol, port, from, to, open: index.allows(asked) };
            }),
          ),
      );
      load(policies);
      // Twice: the table replaces itself.
      load(policies);
      expect(await wrong(attempts)).toEqual([]);
      if (policies.length > 0) expect(attempts.some(({ open }) => !open)).toBe(true);
    },
    600_000,
  );

  test('a pod that is not known yet is shut off, but for its node', async () => {
    load([]);
    const others = [LOCAL['other/free']!, REMOTE, STRANGERS[0]!];
    const tcp = { protocol: 'TCP', port: 8080 };
    expect(
      await wrong([
        ...others.flatMap((other) => [
          { ...tcp, from: NOT_YET_KNOWN, to: other, open: false },
          { ...tcp, from: other, to: NOT_YET_KNOWN, open: false },
        ]),
        { ...tcp, from: '10.244.1.1', to: NOT_YET_KNOWN, open: true },
      ]),
    ).toEqual([]);
    // The same, once it is known: what kept it shut was that it was not.
    load([], [...PODS, podOf('other/new', NOT_YET_KNOWN)]);
    expect(await wrong([{ ...tcp, from: others[0]!, to: NOT_YET_KNOWN, open: true }])).toEqual([]);
  }, 600_000);

  test('the node reaches its pods, whatever policies say; a pod that may reach nobody does not reach its node', async () => {
    load(POLICIES['deny everything']!);
    const tcp = { protocol: 'TCP', port: 8080 };
    const to = LOCAL['shop/web']!;
    expect(
      await wrong([
        { ...tcp, from: '10.244.1.1', to, open: true },
        { ...tcp, from: to, to: '10.244.1.1', open: false },
        { ...tcp, from: LOCAL['other/free']!, to: '10.244.1.1', open: true },
      ]),
    ).toEqual([]);
  }, 600_000);
});
