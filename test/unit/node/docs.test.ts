import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CIS_BENCHMARK } from '../../../constructs/control-plane';
import {
  Containerd,
  Firewall,
  Kernel,
  NETWORK_TRANSPORTS,
  NodeConfiguration,
  type ClusterAddresses,
  type ConfigField,
  type NodeRole,
  type Opening,
} from '../../../constructs/node';

const page = readFileSync(join(__dirname, '../../../docs/nodes.md'), 'utf8');

/** The cluster of the page: each group of addresses is one address. */
const ADDRESSES: ClusterAddresses = {
  nodes: ['10.0.0.0/24'],
  controlPlanes: ['10.0.0.10'],
  pods: ['10.244.0.0/16'],
  services: ['10.96.0.0/16'],
  administrators: ['192.0.2.1'],
  apiServers: ['10.0.8.3'],
  loadBalancers: ['10.0.8.1'],
  scrapers: ['10.0.8.2'],
  resolvers: ['10.0.9.53'],
  timeServers: ['10.0.9.123'],
  registries: ['10.0.9.44'],
};
const ETCD = ['10.0.5.1'];
const node = new NodeConfiguration({ role: 'control-plane', addresses: ADDRESSES });

function fieldRows(fields: readonly ConfigField[]): readonly string[][] {
  return fields.map(({ path, value, why, recommendation = '', cis = [] }) => [
    `\`${path.replaceAll('\\.', '.')}\``,
    `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``,
    why,
    recommendation,
    cis.join(', '),
  ]);
}

/** The names of groups instead of their addresses. */
function openingRows(openings: readonly Opening[], addresses: ClusterAddresses): readonly string[][] {
  const groups = new Map(
    Object.entries(addresses).flatMap(([group, list]) => (list as string[]).map((one) => [one, group])),
  );
  return openings.map(({ for: purpose, protocol, port, endPort, peers }) => [
    purpose,
    protocol,
    port === undefined ? 'all' : `${port}${endPort === undefined ? '' : `-${endPort}`}`,
    peers.map((peer) => groups.get(peer)).join(', '),
  ]);
}

function firewallTables(role: NodeRole): readonly (readonly [string, readonly string[][]])[] {
  const addresses = role === 'etcd' ? { ...ADDRESSES, etcd: ETCD } : ADDRESSES;
  const { inbound, outbound } = new Firewall({ role, addresses });
  return [
    [`${role}: in`, openingRows(inbound, addresses)],
    [`${role}: out`, openingRows(outbound, addresses)],
  ];
}

const TABLES: readonly (readonly [string, readonly string[][]])[] = [
  ...(['control-plane', 'worker', 'etcd'] as const).flatMap(firewallTables),
  [
    'Network plugins',
    Object.entries(NETWORK_TRANSPORTS).map(([name, { protocol, port }]) => [
      `\`${name}\``,
      protocol,
      String(port),
    ]),
  ],
  ['kubelet', fieldRows(node.kubelet!.fields)],
  ['kube-proxy', fieldRows(node.kubeProxy!.fields)],
  ['containerd', fieldRows(new Containerd().fields)],
  ['Kernel', fieldRows(new Kernel().sysctls)],
  [
    'Files',
    node.entries.map(({ path, mode, owner, group, recommendation = '', cis = [] }) => [
      `\`${path}\``,
      mode.toString(8).padStart(4, '0'),
      `${owner}:${group}`,
      recommendation,
      cis.join(', '),
    ]),
  ],
  [
    'Ports',
    node.listeners.map(({ purpose, host, port, protocol = 'tls' }) => [
      purpose,
      host,
      String(port),
      protocol,
    ]),
  ],
];

/** The rows of the table below a heading, without the padding of its columns. */
function rowsBelow(heading: string): readonly string[][] {
  const section = page.split(`### ${heading}\n`)[1]?.split(/^#/m)[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test.each(TABLES)('the page tells all of: %s', (heading, rows) => {
  expect(rows.length).toBeGreaterThan(0);
  expect(rowsBelow(heading)).toEqual(rows);
});

test('the page names the edition of the benchmark', () => {
  expect(page).toContain(`CIS Kubernetes Benchmark ${CIS_BENCHMARK}`);
});

test('the page names each module that cannot be loaded', () => {
  for (const name of new Kernel().forbidden) expect(page).toContain(`\`${name}\``);
});
