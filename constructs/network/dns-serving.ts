import { Construct } from 'constructs';
import { k8s } from '../cdk8s-plus';
import { serves } from '../serves';

const DNS_POD = { matchLabels: { 'k8s-app': 'kube-dns' } };

const port = (number: number, protocol: string) => ({ port: k8s.IntOrString.fromNumber(number), protocol });

/** The ports of the API server: where clients outside, and where pods reach it. */
const API_SERVER_PORTS = [port(6443, 'TCP'), port(443, 'TCP')];

/** Every address but those at which clouds give out credentials. */
const OUTSIDE = [
  { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } },
  { ipBlock: { cidr: '::/0', except: ['fd00:ec2::254/128'] } },
];

const DNS_PORTS = [port(53, 'UDP'), port(53, 'TCP')];

/**
 * Lets the cluster's DNS do its work in a namespace that denies by default: pods of all namespaces ask it, it asks the API
 * server which Services there are, and a resolver outside for names that are not the cluster's.
 *
 * Source: NET-5.
 */
export class DnsServing extends Construct {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    new k8s.KubeNetworkPolicy(this, 'Policy', {
      metadata: { name: 'dns', namespace: 'kube-system' },
      spec: {
        podSelector: DNS_POD,
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ from: [{ namespaceSelector: {} }], ports: DNS_PORTS }],
        egress: [{ to: OUTSIDE, ports: [...DNS_PORTS, ...API_SERVER_PORTS] }],
      },
    });
    serves(this, 'NET-5');
  }
}
