import { Construct } from 'constructs';
import { k8s } from '../cdk8s-plus';
import { serves } from '../serves';
import { policyBlock } from './address-block';
import { ApiServerEgress } from './api-server-egress';
import { networkOf } from './network-of';
import { nodeBlocks, outside } from './own-ranges';

const DNS_LABELS = { 'k8s-app': 'kube-dns' };

const port = (number: number, protocol: string) => ({ port: k8s.IntOrString.fromNumber(number), protocol });

/** The ports of the API server: where clients outside, and where pods reach it. */
const API_SERVER_PORTS = [port(6443, 'TCP'), port(443, 'TCP')];

const DNS_PORTS = [port(53, 'UDP'), port(53, 'TCP')];

/**
 * Lets the cluster's DNS do its work in a namespace that denies by default: pods of all namespaces ask it, it asks the API
 * server which Services there are, and a resolver outside or among the nodes for names that are not the cluster's. Where the app
 * does not state its API server, that may be anywhere outside, on its usual ports.
 *
 * Source: NET-5.
 */
export class DnsServing extends Construct {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const network = networkOf(this);
    const { apiServer, plugin } = network;
    const to = [...outside(network), ...nodeBlocks(network)].map(policyBlock);
    const ports = apiServer === undefined ? [...DNS_PORTS, ...API_SERVER_PORTS] : DNS_PORTS;
    new k8s.KubeNetworkPolicy(this, 'Policy', {
      metadata: { name: 'dns', namespace: 'kube-system' },
      spec: {
        podSelector: { matchLabels: DNS_LABELS },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [{ namespaceSelector: {} }], ports: DNS_PORTS }],
        egress: [{ to, ports }],
      },
    });
    if (apiServer !== undefined)
      new ApiServerEgress(this, 'ToApiServer', {
        name: 'dns-to-api-server',
        ...{ namespace: 'kube-system', labels: DNS_LABELS, apiServer, plugin },
      });
    serves(this, 'NET-5');
  }
}
