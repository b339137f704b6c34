import type { Manifest } from '../constructs';
import { PROTOCOLS, type Protocol } from '../model';
import { AddressSet } from './address-set';
import { listOf, mapOf, textOf, textsOf, type Loose } from './loose';
import { nameOf, namespaceOf, placeOf, type NetworkObject } from './network-object';
import { LAST_PORT, type DeclaredPort } from './reachability';
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
  /** The `kind namespace/name` of what says that it made the object: anybody can write that. */
  readonly owner?: string;
  /** It is told to have no pods. */
  readonly idle: boolean;
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

/** The labels that pods take from the node that they come to, whatever was written. */
const NODE_LABELS = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'];

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

/** The kinds that make objects of a kind: a step up each, so that nothing is its own owner in the end. */
const MAKERS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicationController'],
  ReplicaSet: ['Deployment'],
  Job: ['CronJob'],
};

/** What has the metadata and the spec of the pods of an object; undefined where it holds none. */
export function podTemplateOf(manifest: Manifest): Loose | undefined {
  const holder = Object.hasOwn(POD_HOLDERS, manifest.kind) ? POD_HOLDERS[manifest.kind]! : undefined;
  if (holder === undefined || groupOf(manifest) !== holder.group) return undefined;
  return holder.path.reduce<Loose>((inner, field) => mapOf(inner[field]), manifest);
}

/** The pods of an object; undefined where it holds none. */
export function podsOf(object: NetworkObject): Pods | undefined {
  const { manifest } = object;
  const template = podTemplateOf(manifest);
  if (template === undefined) return undefined;
  // What somebody wrote of its status in a file, the API server does not take.
  if (object.live && isOver(manifest)) return undefined;
  const spec = mapOf(template.spec);
  const name = nameOf(manifest);
  const containers = containersOf(spec);
  const ports = containers.flatMap((container) => portsOf(container));
  return {
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    namespace: namespaceOf(manifest),
    name,
    source: placeOf(object),
    labels: labelsOf(manifest.kind, name, mapOf(template.metadata).labels, textOf(spec.nodeName) !== ''),
    ports: ports.map(({ declared }) => declared),
    hostNetwork: spec.hostNetwork === true,
    hostPorts: ports.flatMap(({ declared, hostPort }) =>
      hostPort === undefined ? [] : [{ protocol: declared.protocol, port: hostPort }],
    ),
    ...(object.live ? addressesOf(manifest) : {}),
    ...ownerOf(manifest),
    idle: mapOf(manifest.spec).replicas === 0,
  };
}

function groupOf({ apiVersion }: Manifest): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

function ownerOf(manifest: Manifest): { readonly owner?: string } {
  const { ownerReferences } = mapOf(manifest.metadata);
  const makers = Object.hasOwn(MAKERS, manifest.kind) ? MAKERS[manifest.kind]! : [];
  const owner = listOf(ownerReferences).find(
    ({ controller, kind }) => controller === true && makers.includes(textOf(kind)),
  );
  return owner === undefined
    ? {}
    : { owner: `${textOf(owner.kind)} ${namespaceOf(manifest)}/${textOf(owner.name)}` };
}

/**
 * Whether an owner says all that is to be said of the pods of what it made: they are those of its template. Labels that were
 * given to a pod afterwards, pods that only claim an owner, and those of an earlier template are pods of their own.
 */
export function answersFor(owner: Pods, made: Pods): boolean {
  return (
    made.idle ||
    (owner.hostNetwork === made.hostNetwork &&
      hasAll(owner.labels, made.labels) &&
      hasAll(made.labels, owner.labels) &&
      JSON.stringify(owner.ports) === JSON.stringify(made.ports))
  );
}

function hasAll({ values, unknown }: Labels, wanted: Labels): boolean {
  return Object.entries(wanted.values).every(
    ([key, value]) => (Object.hasOwn(values, key) && values[key] === value) || unknown.has(key),
  );
}

/** A pod that has ended has no network. */
function isOver({ kind, status }: Manifest): boolean {
  return kind === 'Pod' && ['Succeeded', 'Failed'].includes(textOf(mapOf(status).phase));
}

function labelsOf(kind: string, name: string, given: unknown, onNode: boolean): Labels {
  const ofJob: Readonly<Record<string, string>> =
    kind === 'Job' ? { 'job-name': name, 'batch.kubernetes.io/job-name': name } : {};
  const values = { ...ofJob, ...textsOf(given) };
  const own = (UNKNOWN_LABELS[kind] ?? []).filter((key) => !Object.hasOwn(values, key));
  // What is no text may stand for one: the value of a Pulumi Output.
  const notKnown = Object.keys(mapOf(given)).filter((key) => !Object.hasOwn(values, key));
  return {
    values,
    unknown: new Set([...own, ...notKnown, ...(kind === 'Pod' && onNode ? [] : NODE_LABELS)]),
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
  return listOf(container.ports).flatMap(({ containerPort, protocol: given, name, hostPort }) => {
    const protocol = given ?? 'TCP';
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
