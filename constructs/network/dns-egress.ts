import { Construct } from 'constructs';
import { k8s } from '../cdk8s-plus';
import { NAMESPACE_NAME_LABEL } from '../names';
import { serves } from '../serves';

/** Settings of a `DnsEgress`. */
export interface DnsEgressProps {
  /** Name of the namespace whose pods may look names up. */
  readonly namespace: string;
}

/**
 * Lets all pods of a namespace ask the cluster's DNS (pods labelled `k8s-app: kube-dns` in `kube-system`, as CoreDNS
 * is under kubeadm) on port 53, and no other resolver.
 *
 * Source: NET-5.
 */
export class DnsEgress extends Construct {
  public constructor(scope: Construct, id: string, props: DnsEgressProps) {
    super(scope, id);
    new k8s.KubeNetworkPolicy(this, 'Policy', {
      metadata: { name: 'allow-dns', namespace: props.namespace },
      spec: {
        podSelector: {},
        policyTypes: ['Egress'],
        egress: [
          {
            to: [
              {
                namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: 'kube-system' } },
                podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
              },
            ],
            ports: ['UDP', 'TCP'].map((protocol) => ({ port: k8s.IntOrString.fromNumber(53), protocol })),
          },
        ],
      },
    });
    serves(this, 'NET-5');
  }
}
