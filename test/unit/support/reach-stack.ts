import type { Manifest } from '../../../constructs';
import { readCluster, reachabilityOf, type Reachability } from '../../../reachability';
import { namespace, policy, template } from './reach';

/** A cluster as teams have it. */
export interface StackOptions {
  readonly workloads: number;
  readonly namespaces: number;
  /** How many others each workload connects to. @default - 3 */
  readonly connections?: number;
  /** What is put before each name. @default - nothing */
  readonly prefix?: string;
}

const OUTSIDE = ['203.0.113.0/24', '198.51.100.7/32', '192.0.2.64/26'];

/**
 * Namespaces that deny by default and let everybody ask the cluster's DNS, and workloads that connect to some others; one in
 * twelve connects to a range of addresses, one in twenty opens all ports to another, one is reached from everywhere, and the
 * last namespace has a workload that no policy holds.
 */
export function reachStack({
  workloads,
  namespaces,
  connections = 3,
  prefix = '',
}: StackOptions): readonly Manifest[] {
  const parts = ['web', 'api', 'orders', 'billing', 'search', 'cache', 'queue', 'worker', 'auth', 'mail'];
  const ns = (index: number): string => `${prefix}team-${index % namespaces}`;
  const name = (index: number): string => `${prefix}${parts[index % parts.length]}-${index}`;
  const objects: Manifest[] = [];
  for (let index = 0; index < namespaces; index += 1)
    objects.push(
      namespace(ns(index)),
      policy(`${ns(index)}/default-deny`, { podSelector: held, policyTypes: ['Ingress', 'Egress'] }),
      policy(
        `${ns(index)}/dns`,
        egress(
          held,
          [peer('kube-system', { 'k8s-app': 'kube-dns' })],
          [{ port: 53, protocol: 'UDP' }, { port: 53 }],
        ),
      ),
    );
  for (let index = 0; index < workloads; index += 1) {
    const isFree = index === workloads - 1;
    objects.push(
      deployment(`${ns(index)}/${name(index)}`, { app: name(index), ...(isFree ? { free: 'yes' } : {}) }),
    );
    if (isFree) break;
    const self = { matchLabels: { app: name(index) } };
    const id = `${ns(index)}/${name(index)}`;
    if (index === 0)
      objects.push(
        policy(`${id}-public`, ingress(self, [{ ipBlock: { cidr: '0.0.0.0/0' } }], [{ port: 443 }])),
      );
    if (index === 1)
      objects.push(
        policy(`${id}-internet`, egress(self, [{ ipBlock: { cidr: '0.0.0.0/0' } }], [{ port: 443 }])),
      );
    if (index % 12 === 2)
      objects.push(
        policy(`${id}-partner`, egress(self, [{ ipBlock: { cidr: OUTSIDE[index % 3]! } }], [{ port: 8443 }])),
      );
    for (let connection = 0; connection < connections; connection += 1) {
      const to = (index * 7 + connection * 131 + 1) % (workloads - 1);
      const ports = index % 20 === 5 && connection === 0 ? [] : [{ port: 8080 + (index % 3) }];
      const target = { matchLabels: { app: name(to) } };
      objects.push(
        policy(`${id}-to-${connection}`, egress(self, [peer(ns(to), { app: name(to) })], ports)),
        policy(
          `${ns(to)}/${name(to)}-from-${index}-${connection}`,
          ingress(target, [peer(ns(index), { app: name(index) })], ports),
        ),
      );
    }
  }
  return objects;
}

/** The reachability of manifests. */
export function reachabilityOfStack(manifests: readonly Manifest[]): Reachability {
  return reachabilityOf(readCluster(manifests.map((manifest) => ({ manifest, source: 'test' }))));
}

const held = { matchExpressions: [{ key: 'free', operator: 'DoesNotExist' }] };

function peer(namespaceName: string, matchLabels: Readonly<Record<string, string>>): object {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespaceName } },
    podSelector: { matchLabels },
  };
}

function egress(podSelector: object, to: readonly object[], ports: readonly object[]): object {
  return { podSelector, policyTypes: ['Egress'], egress: [{ to, ...(ports.length === 0 ? {} : { ports }) }] };
}

function ingress(podSelector: object, from: readonly object[], ports: readonly object[]): object {
  return {
    podSelector,
    policyTypes: ['Ingress'],
    ingress: [{ from, ...(ports.length === 0 ? {} : { ports }) }],
  };
}

function deployment(id: string, labels: Readonly<Record<string, string>>): Manifest {
  const [namespaceName, name] = id.split('/') as [string, string];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: namespaceName, name },
    spec: { selector: { matchLabels: labels }, template: template(labels, { ports: [8080] }) },
  };
}
