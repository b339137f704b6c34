import { Construct } from 'constructs';
import type { ApiServerAddresses, ClusterNetwork } from '../../model';
import { k8s } from '../cdk8s-plus';
import { serves } from '../serves';
import { blockOf, policyBlock } from './address-block';
import { addCiliumPolicy, ciliumPorts } from './cilium-policy';
import { distinct } from './own-ranges';
import { Port } from './port';
import { rangeOf } from './read-network';

/** Settings of an `ApiServerEgress`. */
export interface ApiServerEgressProps {
  /** Name of the policy. */
  readonly name: string;
  /** Name of the namespace of the pods. */
  readonly namespace: string;
  /** The labels by which the pods are selected. */
  readonly labels: Readonly<Record<string, string>>;
  /** Where the API server is. */
  readonly apiServer: ApiServerAddresses;
  /** The network plugin, where it is known. */
  readonly plugin: ClusterNetwork['plugin'];
}

/**
 * Lets pods open connections to the API server: to the addresses and ports that the app states, those of its Service and those
 * behind it, and to nothing else. Some plugins look at a connection before the Service is replaced by what is behind it, and most
 * afterwards.
 *
 * Cilium takes no range of addresses for a node, and finds the API server by an entity of its own: there that is opened as well.
 *
 * Source: NET-5.
 */
export class ApiServerEgress extends Construct {
  public constructor(scope: Construct, id: string, props: ApiServerEgressProps) {
    super(scope, id);
    const { name, namespace, labels, apiServer, plugin } = props;
    const all = [...apiServer.service, ...apiServer.endpoints];
    const ports = [...new Set(all.map(({ port }) => port))];
    new k8s.KubeNetworkPolicy(this, 'Policy', {
      metadata: { name, namespace },
      spec: {
        podSelector: { matchLabels: { ...labels } },
        policyTypes: ['Egress'],
        // A rule for each port: addresses of one are not opened on that of another.
        egress: ports.map((number) => ({
          to: distinct(all.filter(({ port }) => port === number).map(rangeOf)).map((range) =>
            policyBlock(blockOf(range, [])),
          ),
          ports: [{ port: k8s.IntOrString.fromNumber(number), protocol: 'TCP' }],
        })),
      },
    });
    if (plugin === 'cilium') {
      // It looks at a connection once the Service is replaced by what is behind it.
      const behind = [...new Set(apiServer.endpoints.map(({ port }) => port))].map((number) =>
        Port.tcp(number),
      );
      const egress = [{ toEntities: ['kube-apiserver'], toPorts: [{ ports: ciliumPorts(behind) }] }];
      addCiliumPolicy(this, 'CiliumPolicy', { name, namespace, labels, rules: { egress } });
    }
    serves(this, 'NET-5');
  }
}
