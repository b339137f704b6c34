import type { FirewallRule, Protocol } from '../../model';
import { formatPorts, labelsMatch, listOf, mapOf, namespaceOf, type NetworkObject } from '../../reachability';
import { brokenIn, defineNetworkCheck, type Broken, type NetworkView } from './network-check';

export default defineNetworkCheck({
  id: 'firewall-agrees',
  title: 'The firewall of nodes and the objects open the same ports',
  rationale:
    'A port that only one of them opens does not work, and is open by itself once the other is loosened for something else.',
  severity: 'medium',
  remediation:
    'Open the port on both sides or on none: the firewall of the nodes, and the pod, Service or network policy that is named.',
  mappings: { recommendations: ['NET-1', 'NET-5'], cis: [], attack: ['T1046', 'T1133'] },
  *judge(view) {
    const { firewall } = view.cluster.network;
    if (firewall === undefined) return;
    const opened = [...nodePorts(view)];
    for (const { broken, protocol, port, what } of opened) {
      if (firewall.some((rule) => lets(rule, protocol, port))) continue;
      yield broken(`${what} opens ${protocol} ${port} of its node, and the firewall of the nodes closes it.`);
    }
    for (const [index, rule] of firewall.entries()) {
      const behind = opened.filter(({ protocol, port }) => lets(rule, protocol, port));
      const where = { path: `app.network.firewall[${index}]`, source: `app.network.firewall[${index}]` };
      const resource = { apiVersion: '', kind: 'FirewallRule', namespace: '', name: nameOf(rule) };
      if (rule.for === undefined && behind.length === 0)
        yield {
          ...where,
          resource,
          message: `The firewall of the nodes opens ${formatPorts(range(rule))}, and no object does.`,
        };
      for (const { closedBy } of behind)
        for (const closed of closedBy(rule))
          yield {
            ...where,
            resource,
            message: `The firewall of the nodes lets ${rule.from.join(', ')} in to ${formatPorts(range(rule))}, and no network policy lets them in to ${closed}.`,
          };
    }
  },
});

/** A port of nodes that leads to pods. */
interface NodePort {
  readonly what: string;
  readonly protocol: Protocol;
  readonly port: number;
  broken(message: string): Broken;
  /** The pods behind it that network policies keep those from whom the firewall lets in. */
  closedBy(rule: FirewallRule): readonly string[];
}

function* nodePorts(view: NetworkView): Generator<NodePort> {
  for (const object of view.objects) {
    const { kind, apiVersion } = object.manifest;
    if (kind === 'Service' && apiVersion === 'v1') yield* portsOfService(object, view);
  }
  for (const { id, source, hostNetwork, ports, hostPorts, kind, namespace, name, apiVersion } of view.cluster
    .pods) {
    for (const { protocol, port } of hostNetwork ? ports : hostPorts) {
      const resource = { apiVersion, kind, namespace, name };
      // Policies do not hold in the network of the node, and plugins differ in what they make of host ports.
      yield {
        ...{ what: id, protocol, port },
        broken: (message) => ({ resource, source, path: 'spec', message }),
        closedBy: () => [],
      };
    }
  }
}

function* portsOfService(object: NetworkObject, view: NetworkView): Generator<NodePort> {
  const spec = mapOf(object.manifest.spec);
  const namespace = namespaceOf(object.manifest);
  const selector = mapOf(spec.selector);
  const pods = view.cluster.pods.filter(
    (one) =>
      one.namespace === namespace && Object.keys(selector).length > 0 && labelsMatch(selector, one.labels),
  );
  for (const [index, { nodePort, port, targetPort = port, protocol = 'TCP' }] of listOf(
    spec.ports,
  ).entries()) {
    if (typeof nodePort !== 'number') continue;
    yield {
      what: `Service ${namespace}/${object.manifest.metadata.name}`,
      protocol: protocol as Protocol,
      port: nodePort,
      broken: (message) => brokenIn(object, `spec.ports[${index}].nodePort`, message),
      closedBy: ({ from }) =>
        pods.flatMap((one) => {
          const targets =
            typeof targetPort === 'number'
              ? [targetPort]
              : one.ports.filter((declared) => declared.name === targetPort).map((declared) => declared.port);
          return targets
            .filter((target) =>
              from.some(
                (range) =>
                  !view.index.allowsFrom(range, { to: one.id, protocol: protocol as Protocol, port: target }),
              ),
            )
            .map((target) => `${protocol} ${target} of ${one.id}`);
        }),
    };
  }
}

function range({ protocol, port, endPort = port }: FirewallRule) {
  return { protocol, port, endPort };
}

function lets(rule: FirewallRule, protocol: Protocol, port: number): boolean {
  const { endPort } = range(rule);
  return rule.protocol === protocol && port >= rule.port && port <= endPort;
}

/** For example `tcp-30000-32767 from 192.0.2.0/24`: two rules may open one port. */
function nameOf(rule: FirewallRule): string {
  const { protocol, port, endPort } = range(rule);
  const ports = endPort === port ? String(port) : `${port}-${endPort}`;
  return `${protocol.toLowerCase()}-${ports} from ${rule.from.join(', ')}`;
}
