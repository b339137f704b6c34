import { NAMESPACE_NAME_LABEL } from '../constructs/names';
import { Cidr, METADATA_ADDRESSES, type ClusterNetwork, type Problem } from '../model';
import { AddressSet } from './address-set';
import { mapOf, textsOf } from './loose';
import { nameOf, placeOf, type NetworkObject } from './network-object';
import { answersFor, podsOf, type Pods } from './pods';
import { ANY, type Ports } from './openings';
import { readPolicy, type Policy } from './policy';
import type { AddressPoint, ForeignPods } from './reachability';
import type { Labels, Selector } from './selector';

/** Private addresses: what pods and nodes may have where nobody says more. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

/** Groups whose objects decide over traffic, too. */
const OTHER_POLICIES = [
  'cilium.io',
  'crd.projectcalico.org',
  'projectcalico.org',
  'policy.networking.k8s.io',
  'crd.antrea.io',
];

/** Pods with their place among the points, and the addresses that they may have. */
export interface PodPoint extends Pods {
  readonly id: string;
  readonly mayHave: AddressSet;
  /** It is not among the objects, and in every usual cluster all the same. */
  readonly virtual: boolean;
}

/** Addresses with the ports that answer there. */
export interface AddressTarget {
  readonly point: AddressPoint;
  readonly reached: readonly { readonly addresses: AddressSet; readonly within: readonly Ports[] }[];
  /** Where it calls from: all its addresses. */
  readonly calls: AddressSet;
  /** Its addresses are not known, so that any may be one of them. */
  readonly unknown?: true;
}

/** Everything of a cluster that network policies speak of. */
export interface Cluster {
  readonly network: ClusterNetwork;
  readonly foreign: readonly ForeignPods[];
  readonly pods: readonly PodPoint[];
  /** The addresses that pods may have of which nothing else is known. */
  readonly podAddresses: AddressSet;
  /** The labels of each namespace that has pods or is declared. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly policies: readonly Policy[];
  /** What stands for addresses whether or not a policy names them. */
  readonly targets: readonly AddressTarget[];
  readonly notCounted: Readonly<Record<string, number>>;
  /** Policies that the API server would not take. */
  readonly problems: readonly Problem[];
}

/**
 * Finds what network policies speak of among objects.
 *
 * @param network what the objects do not say of the cluster
 * @param foreign pods that policies name on purpose, though they are not among the objects
 */
export function readCluster(
  objects: Iterable<NetworkObject>,
  network: ClusterNetwork = {},
  foreign: readonly ForeignPods[] = [],
): Cluster {
  const found: Pods[] = [];
  const declared = new Map<string, Labels>();
  const policies: Policy[] = [];
  const problems: Problem[] = [];
  const notCounted: Record<string, number> = {};
  const seen = new Seen();
  for (const object of objects) {
    const { apiVersion, kind } = object.manifest;
    const group = apiVersion.split('/')[0]!;
    if (kind === 'NetworkPolicy' && group === 'networking.k8s.io') {
      const read = readPolicy(object);
      if ('pods' in read) {
        policies.push(read);
        problems.push(...seen.add(`NetworkPolicy ${read.name}`, object));
      } else problems.push(...read);
    } else if (kind === 'Namespace' && apiVersion === 'v1') {
      const name = nameOf(object.manifest);
      problems.push(...seen.add(`Namespace ${name}`, object));
      declared.set(name, namespaceLabels(name, textsOf(mapOf(object.manifest.metadata).labels)));
    } else if (isOtherPolicy(group, kind)) {
      const what = `${apiVersion}/${kind}`;
      notCounted[what] = (notCounted[what] ?? 0) + 1;
    } else {
      const pods = podsOf(object);
      if (pods === undefined) continue;
      found.push(pods);
      problems.push(...seen.add(kindAndName(pods), object));
    }
  }
  const byName = new Map(found.map((one) => [kindAndName(one), one]));
  // What is owned by something else, such as a node or a custom resource, answers for its pods itself.
  const answering = found.filter((one) => {
    const owner = one.owner === undefined ? undefined : byName.get(one.owner);
    return owner === undefined || !answersFor(owner, one);
  });
  const all = [...answering, ...(answering.some(isDns) ? [] : [CLUSTER_DNS])];
  const pods = placed(all, network);
  const namespaces = new Map(declared);
  for (const { namespace } of [...pods, ...policies])
    if (!namespaces.has(namespace)) namespaces.set(namespace, namespaceLabels(namespace));
  return {
    network,
    foreign,
    pods,
    podAddresses: podAddressesOf(network),
    namespaces,
    policies,
    targets: targetsOf(network),
    notCounted,
    problems,
  };
}

/** Whatever calls itself a network policy, too: of a group that nobody knows, it is said at least that it is there. */
function isOtherPolicy(group: string, kind: string): boolean {
  return OTHER_POLICIES.includes(group) ? /Policy$/.test(kind) : /NetworkPolicy$/.test(kind);
}

function namespaceLabels(name: string, labels: Readonly<Record<string, string>> = {}): Labels {
  return { values: { ...labels, [NAMESPACE_NAME_LABEL]: name }, unknown: new Set() };
}

const DNS_LABELS = { 'k8s-app': 'kube-dns' };

/** The cluster's DNS, as every usual cluster has it, where it is not among the objects. */
const CLUSTER_DNS: Pods = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'kube-system',
  name: 'dns',
  source: 'not among the objects',
  labels: { values: DNS_LABELS, unknown: new Set() },
  ports: [
    { protocol: 'UDP', port: 53, name: 'dns' },
    { protocol: 'TCP', port: 53, name: 'dns-tcp' },
  ],
  hostNetwork: false,
  hostPorts: [],
  idle: false,
};

/** Whether a selector finds nobody but those who have the label of the cluster's DNS. */
export function namesDns(pods: Selector): boolean {
  return pods.some(
    ({ key, operator, values }) =>
      operator === 'In' && key === 'k8s-app' && values.every((value) => value === DNS_LABELS['k8s-app']),
  );
}

function isDns({ namespace, labels }: Pods): boolean {
  return namespace === 'kube-system' && labels.values['k8s-app'] === DNS_LABELS['k8s-app'];
}

function kindAndName({ kind, namespace, name }: Pods): string {
  return `${kind} ${namespace}/${name}`;
}

function podAddressesOf(network: ClusterNetwork): AddressSet {
  return AddressSet.of(network.pods ?? PRIVATE);
}

/** The pods in the order of their names, each under an id; the cluster's DNS is one point, whoever serves it. */
function placed(pods: readonly Pods[], network: ClusterNetwork): readonly PodPoint[] {
  const anywhere = podAddressesOf(network);
  const nodes = AddressSet.of(network.nodes ?? PRIVATE);
  const dns = pods.find(isDns);
  return pods
    .map((one) => ({
      ...one,
      id: one === dns ? 'dns' : kindAndName(one),
      mayHave: one.addresses ?? (one.hostNetwork ? nodes : anywhere),
      virtual: one === CLUSTER_DNS,
    }))
    .sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name) || compare(a.kind, b.kind));
}

/** Objects that are declared twice: which of them the cluster has, depends on who applied what last. */
class Seen {
  private readonly places = new Map<string, string>();

  /** @returns a problem where there is an object of this name already */
  public add(name: string, object: NetworkObject): readonly Problem[] {
    const first = this.places.get(name);
    if (first === undefined) {
      this.places.set(name, placeOf(object));
      return [];
    }
    return [
      {
        code: 'reach/duplicate',
        where: placeOf(object),
        message: `${name} is declared already at ${first}.`,
        fix: 'Give the objects of one cluster, each once.',
      },
    ];
  }
}

/** By code units: the same order on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const EVERYTHING = ['0.0.0.0/0', '::/0'];

/** What there is outside of pods, and that somebody who reviews a network wants to know of. */
function targetsOf(network: ClusterNetwork): readonly AddressTarget[] {
  const { apiServer, nodes } = network;
  const metadata = METADATA_ADDRESSES.map(rangeOf);
  return [
    wholeTarget('outside', EVERYTHING),
    apiServerTarget(apiServer),
    wholeTarget('metadata', metadata),
    ...(nodes === undefined ? [] : [wholeTarget('nodes', nodes)]),
  ];
}

/** Ranges that answer at any port. */
function wholeTarget(type: 'outside' | 'metadata' | 'nodes', ranges: readonly string[]): AddressTarget {
  const addresses = AddressSet.of(ranges);
  return { point: { id: type, type, ranges }, reached: [{ addresses, within: ANY }], calls: addresses };
}

/** The ports at which API servers usually answer: by their Service, and by themselves. */
const API_SERVER_PORTS = [443, 6443];

function apiServerTarget(apiServer: ClusterNetwork['apiServer']): AddressTarget {
  const id = { id: 'api-server', type: 'api-server' as const };
  const known = apiServer === undefined ? [] : [...apiServer.service, ...apiServer.endpoints];
  const all = apiServer === undefined ? API_SERVER_PORTS.map((port) => ({ address: '', port })) : known;
  const ports = [...new Set(all.map(({ port }) => port))].sort((a, b) => a - b);
  const ranges = [...new Set(known.map(({ address }) => rangeOf(address)))];
  return {
    point: { ...id, ranges },
    calls: AddressSet.of(ranges),
    reached: ports.map((port) => ({
      addresses: AddressSet.of(all.filter((one) => one.port === port).map(({ address }) => address)),
      within: [{ protocol: 'TCP', port, endPort: port }],
    })),
    ...(apiServer === undefined ? { unknown: true } : {}),
  };
}

/** As CIDR, whatever an address was written as. */
function rangeOf(address: string): string {
  return Cidr.parseAny(address)?.toString() ?? address;
}
