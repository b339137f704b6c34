import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { HardenedNamespace, Personas, SystemNamespaces } from '../../constructs';
import { AdmissionPolicies } from '../../policies';

/** What the platform team owns: the admission policies, the system's namespaces, the application's namespace and who may do what. */
export class PlatformChart extends Chart {
  /** The controls, enforced by the API server. */
  public readonly policies: AdmissionPolicies;
  /** The namespace of the application. */
  public readonly shop: HardenedNamespace;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    this.policies = new AdmissionPolicies(this, 'admission');
    new SystemNamespaces(this, 'system');
    this.shop = new HardenedNamespace(this, 'shop');
    const namespaces = [this.shop];
    new Personas(this, 'personas', {
      developer: { groups: ['team:shop-developers'], namespaces },
      deployer: { subjects: [{ group: 'team:shop-deployers' }], namespaces },
      operator: { groups: ['team:operators'], namespaces },
      auditor: { groups: ['team:auditors'] },
      readOnly: { groups: ['team:shop-guests'], namespaces },
    });
  }
}
