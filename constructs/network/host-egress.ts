import { Construct } from 'constructs';
import type { ClusterNetwork } from '../../model';
import { serves } from '../serves';
import { isDnsLabel, PropsCheck, shown } from '../validation';
import { addCiliumPolicy, ciliumPorts } from './cilium-policy';
import { describeEnd, labelsOf, type ConnectionPeer } from './connection-end';
import { declareOnce } from './declared-once';
import { networkOf } from './network-of';
import { Port } from './port';
import { policyName } from './policy-name';

/** Settings of a `HostEgress`. */
export interface HostEgressProps {
  /** The workload that opens the connection. */
  readonly from: ConnectionPeer;
  /** The whole name of the host, for example `api.payments.example`. */
  readonly host: string;
  /** The port of the host. */
  readonly port: Port;
}

/** Whom all pods ask for names, as Cilium selects them. */
const CLUSTER_DNS = {
  matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s:k8s-app': 'kube-dns' },
};

const DNS_PORTS = [Port.udp(53), Port.tcp(53)];

/**
 * Lets a workload open connections to a host outside of the cluster by its name, whatever addresses that has. Only Cilium can:
 * it reads the answers of the cluster's DNS, for which they have to pass through it.
 *
 * Source: NET-5.
 */
export class HostEgress extends Construct {
  /** @throws KeelsonError if the app does not state that its plugin is Cilium, or the name is not that of one host outside */
  public constructor(scope: Construct, id: string, props: HostEgressProps) {
    super(scope, id);
    const { from, host, port } = props;
    checkHost(this, props, networkOf(this).plugin);
    const names = {
      toFQDNs: [{ matchName: host }],
      toPorts: [{ ports: ciliumPorts([port]) }],
    };
    const answers = {
      toEndpoints: [CLUSTER_DNS],
      // The namespace may ask for each name already: this only lets Cilium read the answers.
      toPorts: [{ ports: ciliumPorts(DNS_PORTS), rules: { dns: [{ matchPattern: '*' }] } }],
    };
    addCiliumPolicy(this, 'CiliumPolicy', {
      name: policyName(`${from.name}-to-host-${host}-${port}`, [from.name, host]),
      namespace: from.namespace,
      labels: labelsOf(from),
      rules: { egress: [names, answers] },
    });
    declareOnce(this, `The connection from ${describeEnd(from)} to ${host} on ${port}`);
    serves(this, 'NET-5');
  }
}

function checkHost(
  construct: HostEgress,
  { from, host, port }: HostEgressProps,
  plugin: ClusterNetwork['plugin'],
): void {
  new PropsCheck(construct)
    .require(
      plugin === 'cilium',
      'host',
      `${describeEnd(from)} names the host ${shown(host)}: the NetworkPolicy API knows addresses only, and ${plugin === undefined ? 'the app states no plugin that knows more' : `${plugin} has policies for names in its paid editions only`}.`,
      "Write new KeelsonApp({ network: { plugin: 'cilium' } }) if that is what the cluster has; else name the addresses by Addresses.of(…), or let the workload go through a proxy that is a workload.",
    )
    .require(isHostName(host), 'host', ...hostAdvice(host))
    .require(port instanceof Port, 'port', 'It is not one port by its number.', 'Give Port.tcp(443).')
    .done();
}

/** What is wrong with what is not the name of a host, and what to write. */
function hostAdvice(host: unknown): readonly [message: string, fix: string] {
  const text = shown(host);
  if (typeof host !== 'string') return [`${text} is no name of a host.`, 'Give its whole name.'];
  if (host.includes('*'))
    return [`${text} has a wildcard: whoever registers a name below it is let through.`, 'Name each host.'];
  if (/^[\d.]+$|:/.test(host))
    return [
      `${text} is an address, or has a port.`,
      'Give the name alone, or name addresses by Addresses.of(…).',
    ];
  if (isMetadataHost(host))
    return [
      `At ${text} a cloud gives its machines credentials, and gives them to each pod that may ask.`,
      'Leave it out: give the workload credentials of its own.',
    ];
  if (isInCluster(host))
    return [
      `${text} is a Service of the cluster, which no policy finds by name.`,
      'Connect to the workload behind it.',
    ];
  return [
    `${text} is not the whole name of a host.`,
    'Write it in lower case letters, digits and dashes, with its domain and without a dot at the end.',
  ];
}

/** The whole name of one host outside of the cluster: labels of RFC 1123, at least two of them, the last of them no number. */
function isHostName(host: unknown): boolean {
  if (typeof host !== 'string' || host.length > 253 || isInCluster(host) || isMetadataHost(host))
    return false;
  const labels = host.split('.');
  return labels.length > 1 && labels.every(isDnsLabel) && /[a-z]/.test(labels.at(-1)!);
}

/** The names by which clouds call the address that gives out credentials. */
function isMetadataHost(host: string): boolean {
  return ['metadata.google.internal', 'metadata.goog', 'instance-data.ec2.internal'].includes(host);
}

function isInCluster(host: string): boolean {
  return /(^|\.)(svc|cluster\.local)\.?$/.test(host);
}
