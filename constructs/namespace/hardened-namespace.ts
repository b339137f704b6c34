import { Construct } from 'constructs';
import { isWaived, POD_SECURITY_LEVELS, settingValue, type Waived } from '../../model';
import { DefaultDeny } from '../network/default-deny';
import { DnsEgress } from '../network/dns-egress';
import { Posture } from '../posture/posture';
import { addWaiver } from '../posture/scoped-waivers';
import { serves } from '../serves';
import { isDnsLabel, PropsCheck } from '../validation';
import { NamespaceLimits, type NamespaceQuota } from './namespace-limits';
import { addLabelledNamespace } from './labelled-namespace';

/** Settings of a `HardenedNamespace`. */
export interface HardenedNamespaceProps {
  /**
   * The namespace's name.
   *
   * @default - the construct's id
   */
  readonly name?: string;
  /**
   * The Pod Security level that it enforces (control `namespace-pod-security`).
   *
   * @default - that of the posture: restricted
   */
  readonly profile?: 'restricted' | Waived<'baseline' | 'privileged'>;
  /**
   * How much all that is in it may take together.
   *
   * @default - 50 pods, 10 CPUs, 20 GiB of memory, 100 GiB of disk and 100 GiB of claimed storage
   */
  readonly quota?: NamespaceQuota;
}

/**
 * A namespace that admits only pods of Pod Security level `restricted`, in which no pod talks to another or to the
 * outside unless a connection is declared, and that takes no more than its quota. Only DNS lookups at the cluster's own DNS
 * are open.
 *
 * Source: POD-4 to POD-7 (pod security), NET-5 (isolation); CIS 5.2.1, 5.3.2, 5.6.1.
 */
export class HardenedNamespace extends Construct {
  /** The namespace's name. */
  public readonly name: string;

  /** @throws KeelsonError if the name is not a DNS label, or the profile is relaxed without a waiver */
  public constructor(scope: Construct, id: string, props: HardenedNamespaceProps = {}) {
    super(scope, id);
    this.name = props.name ?? id;
    const posture = Posture.of(this);
    const profile = settingValue(props.profile ?? posture.profile);
    new PropsCheck(this)
      .require(
        isDnsLabel(this.name),
        'name',
        `"${this.name}" is not a DNS label.`,
        'Use lower case letters, digits and dashes, at most 63.',
      )
      .require(
        POD_SECURITY_LEVELS.includes(profile) &&
          (isWaived(props.profile) ||
            POD_SECURITY_LEVELS.indexOf(profile) <= POD_SECURITY_LEVELS.indexOf(posture.profile)),
        'profile',
        `"${profile}" is less strict than "${posture.profile}".`,
        'Leave it out, or write waived("baseline", { owner, reason, expires }).',
      )
      .done();
    const grant = isWaived(props.profile) ? props.profile.grant : Posture.profileGrantOf(this);
    if (profile !== 'restricted' && grant !== undefined) {
      const { owner, reason, expires } = grant;
      const waiver = { control: 'namespace-pod-security', kind: 'Namespace', namespace: '', name: this.name };
      addWaiver(this, { ...waiver, owner, reason, expires });
    }

    addLabelledNamespace(this, this.name, profile, posture.kubernetes);
    new DefaultDeny(this, 'DefaultDeny', { namespace: this.name });
    new DnsEgress(this, 'DnsEgress', { namespace: this.name });
    new NamespaceLimits(this, 'Limits', {
      namespace: this.name,
      quota: props.quota ?? {},
      resources: posture.resources,
    });
    serves(this, 'POD-1', 'POD-4', 'POD-5', 'POD-6', 'POD-7', 'NET-5');
  }
}
