import { Cidr, Ip, parseVersion, skewProblem, SUPPORTED_KUBERNETES, type KubernetesMinor } from '../../model';
import { CRYPTOGRAPHY } from '../control-plane/cryptography';
import { isDnsLabel, shown, type PropsCheck } from '../validation';
import type { SelfManagedClusterProps } from './cluster-props';
import type { Machine } from './machine';

/** Host and port of an endpoint; undefined where it is none. */
export function parseEndpoint(
  endpoint: string,
): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, port] =
    /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):([1-9]\d{0,4})$/.exec(endpoint) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) return undefined;
  const isAddress = Ip.parse(host) !== undefined;
  if (bracketed !== undefined && !isAddress) return undefined;
  if (!isAddress && (/^[\d.]+$/.test(host) || !host.split('.').every(isDnsLabel))) return undefined;
  return { host, port: Number(port) };
}

/** The minor release of a version that can be targeted; undefined for every other text. */
export function targetOf(version: string): KubernetesMinor | undefined {
  return SUPPORTED_KUBERNETES.find((minor) => minor === parseVersion(version)?.minor);
}

/** Notes everything that is wrong with the properties of a cluster. */
export function checkCluster(check: PropsCheck, id: string, props: SelfManagedClusterProps): void {
  checkVersions(check, props);
  // It names the folder in which the cluster is written.
  check.require(
    isDnsLabel(id),
    'id',
    `${shown(id)} is no name of a cluster.`,
    'Use at most 63 characters of a-z, 0-9 and -.',
  );
  const { cryptography = 'modern', serverNames = [] } = props;
  check.require(
    Object.hasOwn(CRYPTOGRAPHY, cryptography),
    'cryptography',
    `${shown(cryptography)} is no profile.`,
    `Use ${Object.keys(CRYPTOGRAPHY).join(' or ')}.`,
  );
  for (const [index, name] of serverNames.entries())
    check.require(
      Ip.parse(name) !== undefined || isHostName(name),
      `serverNames[${index}]`,
      `${shown(name)} is neither a host name nor an address.`,
      'Give each name as api.example, without wildcards.',
    );
  const host = parseEndpoint(props.endpoint)?.host;
  const ip = host === undefined ? undefined : Ip.parse(host);
  check.require(
    host !== 'localhost' && (ip === undefined || usable(ip)),
    'endpoint',
    `${shown(props.endpoint)} leads each machine to itself.`,
    'Give the address of a load balancer, or of the one control plane.',
  );
  check.require(
    host !== undefined,
    'endpoint',
    `${shown(props.endpoint)} is no host with a port.`,
    'Give it as api.example:6443, 192.0.2.1:6443 or [2001:db8::1]:6443.',
  );
  for (const [name, tag] of Object.entries(props.imageTags ?? {}))
    check.require(
      tag === undefined || /^\w[\w.-]{0,127}$/.test(tag),
      `imageTags.${name}`,
      `${shown(tag)} is no tag of an image.`,
      'Give it as 3.7.3-0 or v1.15.0.',
    );
  checkSockets(check, props);
  checkMachines(check, props);
  checkRanges(check, props);
  const domain = props.domain ?? 'cluster.local';
  check.require(
    domain.split('.').every(isDnsLabel),
    'domain',
    `${shown(domain)} is no domain.`,
    'Give it as cluster.local.',
  );
}

function checkVersions(
  check: PropsCheck,
  { kubernetes, workerKubernetes = kubernetes }: SelfManagedClusterProps,
): void {
  for (const [property, version] of [
    ['kubernetes', kubernetes],
    ['workerKubernetes', workerKubernetes],
  ] as const) {
    check.require(
      targetOf(version) !== undefined,
      property,
      `${shown(version)} is no patch release of ${SUPPORTED_KUBERNETES.join(', ')}.`,
      `Give one like ${SUPPORTED_KUBERNETES.at(-1)}.0.`,
    );
  }
  const skew = skewProblem('kubelet', workerKubernetes, kubernetes);
  check.require(
    skew === undefined,
    'workerKubernetes',
    skew ?? '',
    'Upgrade control planes first, and workers soon after.',
  );
}

/** The folder of a socket is all that the API server's pod sees of the machine besides its own: not `/run`, where others have theirs. */
function checkSockets(check: PropsCheck, { encryption }: SelfManagedClusterProps): void {
  for (const [index, key] of encryption.keys.entries()) {
    if (key.method !== 'kms') continue;
    const folder = key.socket.slice(0, key.socket.lastIndexOf('/'));
    check.require(
      folder.split('/').length > 2 && !SHARED.some((one) => folder === one || folder.startsWith(`${one}/`)),
      `encryption.keys[${index}].socket`,
      `${shown(key.socket)} is not in a folder of the plugin's own.`,
      'Put it in one, for example /run/kms/plugin.sock.',
    );
  }
}

/** Folders in which sockets and keys of others are. */
const SHARED = [
  '/etc/kubernetes',
  '/run/containerd',
  '/run/systemd',
  '/var/run',
  '/var/lib/kubelet',
  '/var/lib/etcd',
];

function checkMachines(
  check: PropsCheck,
  { controlPlanes, workers = [], etcd }: SelfManagedClusterProps,
): void {
  for (const [property, machines] of [
    ['controlPlanes', controlPlanes],
    ['etcd', etcd ?? controlPlanes],
  ] as const) {
    check.require(
      [1, 3, 5, 7].includes(machines.length),
      property,
      `${machines.length} machines have no majority that one more would not need as well.`,
      'Give one, three or five: etcd goes on while more than half of them run.',
    );
  }
  const all: readonly (readonly [string, Machine])[] = [
    ...controlPlanes.map((machine, index) => [`controlPlanes[${index}]`, machine] as const),
    ...workers.map((machine, index) => [`workers[${index}]`, machine] as const),
    ...(etcd ?? []).map((machine, index) => [`etcd[${index}]`, machine] as const),
  ];
  const names = new Map<string, string>();
  const addresses = new Map<string, string>();
  for (const [property, { name, address, isolation }] of all) {
    check.require(
      isolation === undefined || (property.startsWith('workers') && isDnsLabel(isolation)),
      `${property}.isolation`,
      `${shown(isolation)} is no value of a label, or not of a worker.`,
      'Give a worker at most 63 characters of a-z, 0-9 and -; control planes and etcd have no workloads.',
    );
    check.require(
      isDnsLabel(name),
      `${property}.name`,
      `${shown(name)} is no host name.`,
      'Use at most 63 characters of a-z, 0-9 and -.',
    );
    check.require(
      usable(Ip.parse(address)),
      `${property}.address`,
      `${shown(address)} is no address that other machines can reach.`,
      'Give the IPv4 or IPv6 address of the machine.',
    );
    for (const [seen, value, what] of [
      [names, name, 'name'],
      [addresses, Ip.parse(address)?.toString() ?? address, 'address'],
    ] as const) {
      const other = seen.get(value);
      check.require(
        other === undefined,
        `${property}.${what}`,
        `${shown(value)} is also the ${what} of ${other}.`,
        `Give each machine its own ${what}.`,
      );
      seen.set(value, property);
    }
  }
}

/** A name of DNS, whose last part is no number: that would be an address to some. */
function isHostName(name: string): boolean {
  return name.length <= 253 && name.split('.').every(isDnsLabel) && !/(^|\.)\d+$/.test(name);
}

/** Loopback, unspecified, of one link, multicast, reserved: no machine, pod or Service has one of them. */
const NEVER: readonly Cidr[] = [
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/128', '::1/128', 'fe80::/10', 'ff00::/8'],
].flatMap((range) => Cidr.parse(range) ?? []);

function usable(ip: Ip | undefined): boolean {
  return ip !== undefined && !NEVER.some((range) => range.containsIp(ip));
}

/**
 * How many bits the ranges may have. Services: what the API server takes, with room for the DNS at the tenth address. Pods: each node has
 * 256 addresses of IPv4 or 64 bits of IPv6, and the controller manager divides a range into at most 65,536. Source: Kubernetes 1.37.
 */
const LENGTHS = {
  pods: { 4: [8, 24], 6: [48, 64] },
  services: { 4: [12, 28], 6: [108, 124] },
} as const;

function checkRanges(check: PropsCheck, props: SelfManagedClusterProps): void {
  const { pods, services = ['10.96.0.0/16'], controlPlanes, workers = [], etcd = [] } = props;
  const ranges: (readonly [string, Cidr])[] = [];
  for (const [property, texts] of [
    ['pods', pods],
    ['services', services],
  ] as const) {
    const families = texts.map((text) => Cidr.parse(text)?.ip.family);
    check.require(
      texts.length > 0 && new Set(families).size === texts.length,
      property,
      `${texts.length} ranges: one, or one for each family, is what Kubernetes takes.`,
      'Give one IPv4 range, one IPv6 range, or one of each.',
    );
    for (const [index, text] of texts.entries()) {
      const cidr = Cidr.parse(text);
      const place = `${property}[${index}]`;
      check.require(
        cidr !== undefined && cidr.equals(cidr.masked()),
        place,
        `${shown(text)} is not a range with its first address.`,
        'Give it like 10.244.0.0/16.',
      );
      if (cidr === undefined) continue;
      const [least, most] = LENGTHS[property][cidr.ip.family];
      check.require(
        cidr.length >= least && cidr.length <= most,
        place,
        `${text} has ${cidr.length} bits; from ${least} to ${most} is what Kubernetes can use.`,
        property === 'pods'
          ? 'Give room for the range of each node.'
          : 'Give room for the Services, and no more.',
      );
      check.require(
        !NEVER.some((range) => range.containsCidr(cidr) || cidr.containsCidr(range)),
        place,
        `${text} has addresses of loopback, of one link, multicast or reserved.`,
        'Give a range of a network of your own.',
      );
      for (const [other, range] of ranges) {
        check.require(
          !cidr.containsCidr(range) && !range.containsCidr(cidr),
          place,
          `${text} overlaps ${other}, ${range.toString()}.`,
          'Give pods, Services and machines ranges of their own.',
        );
      }
      ranges.push([place, cidr]);
    }
  }
  for (const { name, address } of [...controlPlanes, ...workers, ...etcd]) {
    const ip = Ip.parse(address);
    const within = ip === undefined ? undefined : ranges.find(([, range]) => range.containsIp(ip));
    check.require(
      within === undefined,
      within?.[0] ?? 'pods',
      `It holds ${address}, the address of ${name}.`,
      'Give pods, Services and machines ranges of their own.',
    );
  }
}
