import { Construct } from 'constructs';
import { BUILT_IN_NAMESPACES } from '../../model';
import { k8s } from '../cdk8s-plus';
import { DefaultDeny } from '../network/default-deny';
import { DnsServing } from '../network/dns-serving';
import { Posture } from '../posture/posture';
import { serves } from '../serves';
import { addLabelledNamespace } from './labelled-namespace';

/** The namespace of the control plane's own pods. */
const SYSTEM = 'kube-system';

/** The other namespaces that every API server makes itself: nothing is to run in them. */
const EMPTY = BUILT_IN_NAMESPACES.filter((name) => name !== SYSTEM);

/** Whether a namespace is one that the API server makes itself, and that cannot be removed. */
export function isMadeByKubernetes(name: string): boolean {
  return BUILT_IN_NAMESPACES.some((builtIn) => builtIn === name);
}

/**
 * The baseline of the namespaces that Kubernetes makes itself. In `default`, `kube-public` and `kube-node-lease` nothing runs:
 * they enforce `restricted`, deny all traffic and hold no pod. `kube-system` may hold pods that need more than `restricted`; it
 * enforces what the API server says, warns of and notes what is more than `restricted`, denies all traffic of pods in their own network, and lets the cluster's DNS serve.
 *
 * A pod in the network of its node, as those of the control plane, is not touched by network policies.
 *
 * Source: POD-4 to POD-7, NET-5; CIS 5.2.1, 5.3.2, 5.6.4.
 */
export class SystemNamespaces extends Construct {
  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const { kubernetes } = Posture.of(this);
    for (const name of EMPTY) {
      const part = new Construct(this, name);
      addLabelledNamespace(part, name, 'restricted', kubernetes);
      new DefaultDeny(part, 'DefaultDeny', { namespace: name });
      new k8s.KubeResourceQuota(part, 'Quota', {
        metadata: { name: 'empty', namespace: name },
        spec: { hard: { pods: k8s.Quantity.fromString('0') } },
      });
    }
    const system = new Construct(this, SYSTEM);
    // What it enforces is up to the API server: a label here could only make that less.
    addLabelledNamespace(system, SYSTEM, undefined, kubernetes);
    new DefaultDeny(system, 'DefaultDeny', { namespace: SYSTEM });
    new DnsServing(system, 'DnsServing');
    serves(this, 'POD-4', 'POD-5', 'POD-6', 'POD-7', 'NET-5');
  }
}
