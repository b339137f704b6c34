import type { Manifest } from '../constructs';
import type { Protocol } from '../model';
import { AddressSet } from './address-set';
import { namespaceOf, placeOf, type NetworkObject } from './network-object';
import { LAST_PORT, PROTOCOLS, type DeclaredPort } from './reachability';
import type { Labels } from './selector';

/** The pods of one workload, as network policies see them. */
export interface Pods {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly source: string;
  readonly labels: Labels;
  readonly ports: readonly DeclaredPort[];
  readonly hostNetwork: boolean;
  /** Ports of the node that lead to the pods. */
  readonly hostPorts: readonly DeclaredPort[];
  /** The addresses that they have, where they run already. */
  readonly addresses?: AddressSet;
}

/** The labels that Kubernetes gives to pods of a kind, by which policies may select, and that differ from pod to pod. */
const UNKNOWN_LABELS: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['pod-template-hash'],
  ReplicaSet: ['pod-template-hash'],
  StatefulSet: [
    'apps.kubernetes.io/pod-index',
    'controller-revision-hash',
    'statefulset.kubernetes.io/pod-name',
  ],
  DaemonSet: ['controller-revision-hash', 'pod-template-generation'],
  Job: ['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-completion-index', 'controller-uid'],
  CronJob: [
    ...['batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-completion-index', 'controller-uid'],
    ...['batch.kubernetes.io/job-name', 'job-name'],
  ],
};

/** The API group of each kind that holds pods, and where it keeps them. */
const POD_HOLDERS: Readonly<Record<string, { readonly group: string; readonly path: readonly string[] }>> = {
  Pod: { group: '', path: [] },
  ReplicationController: { group: '', path: ['spec', 'template'] },
  Deployment: { group: 'apps', path: ['spec', 'template'] },
  ReplicaSet: { group: 'apps', path: ['spec', 'template'] },
  StatefulSet: { group: 'apps', path: ['spec', 'template'] },
  DaemonSet: { group: 'apps', path: ['spec', 'template'] },
  Job: { group: 'batch', path: ['spec', 'template'] },
  CronJob: { group: 'batch', path: ['spec', 'jobTemplate', 'spec', 'template'] },
};

/** What may be made of an object's pods: all of it may be anything. */
type Loose = Readonly<Record<string, unknown>>;

/** The pods of an object; undefined where it holds none, or another object answers for them. */
export function podsOf(object: NetworkObject): Pods | undefined {
  const { manifest } = object;
  const holder = Object.hasOwn(POD_HOLDERS, manifest.kind) ? POD_HOLDERS[manifest.kind]! : undefined;
  if (holder === undefined || groupOf(manifest) !== holder.group || isOwned(manifest) || isOver(manifest))
    return undefined;
  const template = holder.path.reduce<Loose>((inner, field) => mapOf(inner[field]), manifest);
  const spec = mapOf(template.spec);
  const name = manifest.metadata.name ?? '';
  const containers = containersOf(spec);
  const ports = containers.flatMap((container) => portsOf(container));
  return {
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    namespace: namespaceOf(manifest),
    name,
    source: placeOf(object),
    labels: labelsOf(manifest.kind, name, mapOf(mapOf(template.metadata).labels)),
    ports: ports.map(({ declared }) => declared),
    hostNetwork: spec.hostNetwork === true,
    hostPorts: ports.flatMap(({ declared, hostPort }) =>
      hostPort === undefined ? [] : [{ protocol: declared.protocol, port: hostPort }],
    ),
    ...addressesOf(manifest),
  };
}

function groupOf({ apiVersion }: Manifest): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** A controller answers for what it owns, and stands among the objects itself. */
function isOwned({ metadata }: Manifest): boolean {
  const owners = (metadata as Loose).ownerReferences;
  return Array.isArray(owners) && owners.some((owner) => mapOf(owner).controller === true);
}

/** A pod that has ended has no network. */
function isOver({ kind, status }: Manifest): boolean {
  return kind === 'Pod' && ['Succeeded', 'Failed'].includes(String(mapOf(status).phase));
}

function labelsOf(kind: string, name: string, given: Loose): Labels {
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) if (typeof value === 'string') values[key] = value;
  if (kind === 'Job') {
    values['job-name'] ??= name;
    values['batch.kubernetes.io/job-name'] ??= name;
  }
  return {
    values,
    unknown: new Set((UNKNOWN_LABELS[kind] ?? []).filter((key) => !Object.hasOwn(values, key))),
  };
}

/** Containers that run beside each other: those that start before and go on running belong to them. */
function containersOf(spec: Loose): readonly Loose[] {
  const before = listOf(spec.initContainers).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...listOf(spec.containers), ...before];
}

function portsOf(
  container: Loose,
): readonly { readonly declared: DeclaredPort; readonly hostPort?: number }[] {
  return listOf(container.ports).flatMap(({ containerPort, protocol = 'TCP', name, hostPort }) => {
    if (!isPort(containerPort) || !PROTOCOLS.includes(protocol as Protocol)) return [];
    return [
      {
        declared: {
          protocol: protocol as Protocol,
          port: containerPort,
          ...(typeof name === 'string' ? { name } : {}),
        },
        ...(isPort(hostPort) ? { hostPort } : {}),
      },
    ];
  });
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LAST_PORT;
}

function addressesOf({ status }: Manifest): { readonly addresses?: AddressSet } {
  const { podIP, podIPs } = mapOf(status);
  const texts = [podIP, ...listOf(podIPs).map(({ ip }) => ip)].filter((text) => typeof text === 'string');
  const addresses = AddressSet.of(texts as string[]);
  return addresses.isEmpty ? {} : { addresses };
}

/** What somebody else wrote need not be a map. */
export function mapOf(value: unknown): Loose {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Loose) : {};
}

/** What somebody else wrote need not be a list, nor hold maps. */
export function listOf(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.map(mapOf) : [];
}
