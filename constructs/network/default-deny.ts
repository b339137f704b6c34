import { Construct } from 'constructs';
import { k8s } from '../cdk8s-plus';
import { serves } from '../serves';

/** Settings of a `DefaultDeny`. */
export interface DefaultDenyProps {
  /** Name of the namespace that it closes. */
  readonly namespace: string;
}

/**
 * Denies all traffic of all pods of a namespace, in both directions. Other policies then open what is declared.
 *
 * Source: NET-5; CIS 5.3.2.
 */
export class DefaultDeny extends Construct {
  public constructor(scope: Construct, id: string, props: DefaultDenyProps) {
    super(scope, id);
    new k8s.KubeNetworkPolicy(this, 'Policy', {
      metadata: { name: 'default-deny', namespace: props.namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
    serves(this, 'NET-5');
  }
}
