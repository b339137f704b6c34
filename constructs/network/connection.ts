import { Construct } from 'constructs';
import { k8s } from '../cdk8s-plus';
import { serves } from '../serves';
import { Addresses } from './addresses';
import { addCiliumPolicy, ciliumPorts } from './cilium-policy';
import { checkConnection } from './connection-check';
import {
  describeEnd,
  endName,
  isOutside,
  labelsOf,
  policyPeers,
  type ConnectionEnd,
  type ConnectionPeer,
} from './connection-end';
import { policyPort, type ConnectionPort } from './connection-port';
import { declareOnce } from './declared-once';
import { networkOf } from './network-of';
import { policyName } from './policy-name';

/** Settings of a `Connection`. */
export interface ConnectionProps {
  /** The side that opens the connection. */
  readonly from: ConnectionEnd;
  /** The side that is connected to. */
  readonly to: ConnectionEnd;
  /** The port at the receiving side; one that it opens, where it is a workload of the app. */
  readonly port: ConnectionPort;
}

/**
 * One declared connection: the egress of one workload and the ingress of the other, on one port or range. Both sides are
 * needed, because both namespaces deny by default. Where one end is not in the app, the other side alone is written.
 *
 * Source: NET-5.
 */
export class Connection extends Construct {
  /** @throws KeelsonError if the receiving workload opens no such port, neither end is in the app, or it is declared twice */
  public constructor(scope: Construct, id: string, props: ConnectionProps) {
    super(scope, id);
    checkConnection(this, props);
    const { from, to, port } = props;
    declareOnce(this, `The connection from ${describeEnd(from)} to ${describeEnd(to)} on ${port}`);
    if (!isOutside(from)) this.open('Egress', from, to, port);
    if (!isOutside(to)) this.open('Ingress', to, from, port);
    serves(this, 'NET-5');
  }

  /** Writes one side. */
  private open(
    direction: 'Egress' | 'Ingress',
    own: ConnectionPeer,
    other: ConnectionEnd,
    port: ConnectionPort,
  ): void {
    const isOut = direction === 'Egress';
    const { namespace } = own;
    const name = nameOf(own, isOut ? 'to' : 'from', other, port);
    const labels = labelsOf(own);
    const peers = [...policyPeers(other)];
    const ports = [policyPort(port)];
    new k8s.KubeNetworkPolicy(this, direction, {
      metadata: { name, namespace },
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: [direction],
        ...(isOut ? { egress: [{ to: peers, ports }] } : { ingress: [{ from: peers, ports }] }),
      },
    });
    const entities = other instanceof Addresses ? other.entities : [];
    if (entities.length === 0 || networkOf(this).plugin !== 'cilium') return;
    const toPorts = [{ ports: ciliumPorts([port]) }];
    const rules = isOut
      ? { egress: [{ toEntities: entities, toPorts }] }
      : { ingress: [{ fromEntities: entities, toPorts }] };
    addCiliumPolicy(this, `Cilium${direction}`, { name, namespace, labels, rules });
  }
}

function nameOf(
  own: ConnectionPeer,
  word: 'to' | 'from',
  other: ConnectionEnd,
  port: ConnectionPort,
): string {
  const [text, parts] = endName(other, own.namespace);
  const number = String(port).slice(port.protocol.length + 1);
  return policyName(`${own.name}-${word}-${text}-${port}`, [own.name, ...parts, number]);
}
