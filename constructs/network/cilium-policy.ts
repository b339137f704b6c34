import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { NamedPort } from './named-port';
import { Port } from './port';
import type { ConnectionPort } from './connection-port';

/** What a policy of Cilium opens. It adds to what NetworkPolicies open. */
export interface CiliumPolicyProps {
  /** Name of the policy. */
  readonly name: string;
  /** Name of the namespace of the pods. */
  readonly namespace: string;
  /** The labels by which the pods are selected. */
  readonly labels: Readonly<Record<string, string>>;
  /** Rules, in one direction. */
  readonly rules: { readonly egress: readonly object[] } | { readonly ingress: readonly object[] };
}

/** Adds a policy for what the NetworkPolicy API cannot say. */
export function addCiliumPolicy(
  scope: Construct,
  id: string,
  { name, namespace, labels, rules }: CiliumPolicyProps,
): void {
  new ApiObject(scope, id, {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumNetworkPolicy',
    metadata: { name, namespace },
    spec: { endpointSelector: { matchLabels: labels }, ...rules },
  });
}

/** Ports as Cilium writes them. */
export function ciliumPorts(ports: readonly ConnectionPort[]): readonly object[] {
  return ports.map((port) => {
    const { protocol } = port;
    if (port instanceof NamedPort) return { port: port.name, protocol };
    if (port instanceof Port) return { port: String(port.number), protocol };
    return { port: String(port.first), endPort: port.last, protocol };
  });
}
