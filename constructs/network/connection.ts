import { Construct } from 'constructs';
import { k8s } from '../cdk8s-plus';
import { NAMESPACE_NAME_LABEL, WORKLOAD_LABEL } from '../names';
import { serves } from '../serves';
import { constructError } from '../validation';
import type { Port } from './port';

/** Pods that can be one end of a connection. */
export interface ConnectionPeer {
  /** Name of the workload: the value of its pods' workload label. */
  readonly name: string;
  /** Name of the namespace it lives in. */
  readonly namespace: string;
  /** The ports its containers open. */
  readonly ports: readonly Port[];
}

/** Settings of a `Connection`. */
export interface ConnectionProps {
  /** The side that opens the connection. */
  readonly from: ConnectionPeer;
  /** The side that is connected to. */
  readonly to: ConnectionPeer;
  /** The port at the receiving side. */
  readonly port: Port;
}

/**
 * One declared connection: the egress of one workload and the ingress of the other, on one port. Both sides are needed,
 * because both namespaces deny by default.
 *
 * Source: NET-5.
 */
export class Connection extends Construct {
  /** @throws KeelsonError if the receiving workload opens no such port */
  public constructor(scope: Construct, id: string, props: ConnectionProps) {
    super(scope, id);
    const { from, to, port } = props;
    if (!to.ports.some((open) => open.equals(port))) {
      throw constructError(
        this,
        'port',
        `${to.namespace}/${to.name} opens ${to.ports.join(', ') || 'no port'}, not ${port}.`,
        'Name a port that the receiving workload opens, or open it there.',
      );
    }
    const ports = [{ port: k8s.IntOrString.fromNumber(port.number), protocol: port.protocol }];
    new k8s.KubeNetworkPolicy(this, 'Egress', {
      metadata: { name: `${from.name}-to-${to.name}-${port}`, namespace: from.namespace },
      spec: {
        podSelector: selectWorkload(from),
        policyTypes: ['Egress'],
        egress: [{ to: [selectPeer(to)], ports }],
      },
    });
    new k8s.KubeNetworkPolicy(this, 'Ingress', {
      metadata: { name: `${to.name}-from-${from.name}-${port}`, namespace: to.namespace },
      spec: {
        podSelector: selectWorkload(to),
        policyTypes: ['Ingress'],
        ingress: [{ from: [selectPeer(from)], ports }],
      },
    });
    serves(this, 'NET-5');
  }
}

function selectWorkload(peer: ConnectionPeer): k8s.LabelSelector {
  return { matchLabels: { [WORKLOAD_LABEL]: peer.name } };
}

/** The namespace is named even where both ends share one, so that a peer means the same wherever the policy stands. */
function selectPeer(peer: ConnectionPeer): k8s.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: peer.namespace } },
    podSelector: selectWorkload(peer),
  };
}
