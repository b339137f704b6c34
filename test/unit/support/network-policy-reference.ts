import { BlockList, isIPv6 } from 'node:net';

/*
 * What NetworkPolicies let through, written from the text of the API alone: no index, no ranges, and nothing of `reachability/`.
 * The tests compare the two.
 */

/* eslint-disable @typescript-eslint/no-explicit-any -- objects as the API has them */

/** A Kubernetes object. */
export type Obj = any;

/** One end of a connection: a Pod, or an address that no pod has. */
export type End = Obj | string;

/** Whether a packet gets from one end to another, in any family of addresses that both have. */
export function allowed(
  objects: readonly Obj[],
  from: End,
  to: End,
  protocol: string,
  port: number,
): boolean {
  return addressesOf(from).some((source) =>
    addressesOf(to).some(
      (destination) =>
        isIPv6(source) === isIPv6(destination) &&
        passes(objects, 'Egress', from, to, destination, to, protocol, port) &&
        passes(objects, 'Ingress', to, from, source, to, protocol, port),
    ),
  );
}

/** Whether one end lets the packet out, or in. */
function passes(
  objects: readonly Obj[],
  direction: 'Ingress' | 'Egress',
  held: End,
  peer: End,
  address: string,
  destination: End,
  protocol: string,
  port: number,
): boolean {
  if (typeof held === 'string' || held.spec.hostNetwork) return true;
  const policies = objects.filter(
    ({ kind, metadata, spec }) =>
      kind === 'NetworkPolicy' &&
      namespaceOf(metadata) === namespaceOf(held.metadata) &&
      typesOf(spec).includes(direction) &&
      selects(spec.podSelector, held.metadata.labels),
  );
  const rules = policies.flatMap((policy) =>
    (policy.spec[direction === 'Ingress' ? 'ingress' : 'egress'] ?? []).map((rule: Obj) => ({
      ...rule,
      namespace: namespaceOf(policy.metadata),
    })),
  );
  return (
    policies.length === 0 ||
    rules.some(({ namespace, ports, from, to }) => {
      const peers = (direction === 'Ingress' ? from : to) ?? [];
      return (
        (peers.length === 0 || peers.some((one: Obj) => names(objects, one, namespace, peer, address))) &&
        (!ports?.length || ports.some((one: Obj) => opens(one, destination, protocol, port)))
      );
    })
  );
}

/** The policy types that the API server fills in where there are none. */
export function typesOf({ policyTypes, egress }: Obj): readonly string[] {
  if (policyTypes?.length) return policyTypes;
  return egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
}

function names(objects: readonly Obj[], rule: Obj, namespace: string, peer: End, address: string): boolean {
  if (rule.ipBlock)
    return (
      within(address, rule.ipBlock.cidr) &&
      !(rule.ipBlock.except ?? []).some((part: string) => within(address, part))
    );
  if (typeof peer === 'string') return false;
  const its = namespaceOf(peer.metadata);
  const found = objects.find(({ kind, metadata }) => kind === 'Namespace' && metadata.name === its);
  const labels = { ...found?.metadata.labels, 'kubernetes.io/metadata.name': its };
  return (
    (rule.namespaceSelector ? selects(rule.namespaceSelector, labels) : its === namespace) &&
    selects(rule.podSelector, peer.metadata.labels)
  );
}

function opens(rule: Obj, destination: End, protocol: string, port: number): boolean {
  if ((rule.protocol ?? 'TCP') !== protocol) return false;
  if (rule.port === undefined || rule.port === null) return true;
  if (typeof rule.port === 'number') return rule.port <= port && port <= (rule.endPort ?? rule.port);
  if (typeof destination === 'string') return false;
  return destination.spec.containers
    .flatMap(({ ports }: Obj) => ports ?? [])
    .some(
      (own: Obj) =>
        own.name === rule.port && (own.protocol ?? 'TCP') === protocol && own.containerPort === port,
    );
}

/** Whether labels are what a selector asks for; none, or an empty one, selects all. */
export function selects(selector: Obj, labels: Obj = {}): boolean {
  const value = (key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined);
  return (
    Object.entries(selector?.matchLabels ?? {}).every(([key, wanted]) => value(key) === wanted) &&
    (selector?.matchExpressions ?? []).every(({ key, operator, values = [] }: Obj) => {
      const own = value(key);
      if (operator === 'In') return own !== undefined && values.includes(own);
      if (operator === 'NotIn') return own === undefined || !values.includes(own);
      return (own !== undefined) === (operator === 'Exists');
    })
  );
}

function within(address: string, cidr: string): boolean {
  const [ip, length] = cidr.split('/') as [string, string];
  const family = isIPv6(ip) ? 'ipv6' : 'ipv4';
  if (isIPv6(address) !== isIPv6(ip)) return false;
  const block = new BlockList();
  block.addSubnet(ip, Number(length), family);
  return block.check(address, family);
}

function addressesOf(end: End): readonly string[] {
  return typeof end === 'string' ? [end] : end.status.podIPs.map(({ ip }: Obj) => ip);
}

function namespaceOf({ namespace = 'default' }: Obj): string {
  return namespace;
}
