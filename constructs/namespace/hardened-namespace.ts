import { Construct } from 'constructs';
import { TARGET_KUBERNETES } from '../../model';
import { k8s } from '../cdk8s-plus';
import { DefaultDeny } from '../network/default-deny';
import { DnsEgress } from '../network/dns-egress';
import { serves } from '../serves';
import { isDnsLabel, PropsCheck } from '../validation';

/** Settings of a `HardenedNamespace`. */
export interface HardenedNamespaceProps {
  /**
   * The namespace's name.
   *
   * @default - the construct's id
   */
  readonly name?: string;
}

/**
 * A namespace that admits only pods of Pod Security level `restricted`, in which no pod talks to another or to the
 * outside unless a connection is declared. Only DNS lookups at the cluster's own DNS are open.
 *
 * Source: POD-4 to POD-7 (pod security), NET-5 (isolation); CIS 5.2.1, 5.3.2.
 */
export class HardenedNamespace extends Construct {
  /** The namespace's name. */
  public readonly name: string;

  /** @throws KeelsonError if the name is not a DNS label */
  public constructor(scope: Construct, id: string, props: HardenedNamespaceProps = {}) {
    super(scope, id);
    this.name = props.name ?? id;
    new PropsCheck(this)
      .require(
        isDnsLabel(this.name),
        'name',
        `"${this.name}" is not a DNS label.`,
        'Use lower case letters, digits and dashes, at most 63.',
      )
      .done();

    new k8s.KubeNamespace(this, 'Namespace', {
      metadata: { name: this.name, labels: podSecurityLabels() },
    });
    new DefaultDeny(this, 'DefaultDeny', { namespace: this.name });
    new DnsEgress(this, 'DnsEgress', { namespace: this.name });
    serves(this, 'POD-1', 'POD-4', 'POD-5', 'POD-6', 'POD-7', 'NET-5');
  }
}

/** Enforce, warn and audit, all `restricted`, pinned so that an upgrade of the cluster does not change the rules. */
function podSecurityLabels(): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const mode of ['enforce', 'warn', 'audit']) {
    labels[`pod-security.kubernetes.io/${mode}`] = 'restricted';
    labels[`pod-security.kubernetes.io/${mode}-version`] = `v${TARGET_KUBERNETES}`;
  }
  return labels;
}
