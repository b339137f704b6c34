import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { HardenedNamespace, ScopedRole, SystemNamespaces } from '../../constructs';
import { AdmissionPolicies } from '../../policies';

/** What the platform team owns: the admission policies, the system's namespaces, the application's namespace and who may look into it. */
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
    new ScopedRole(this, 'shop-viewer', {
      namespace: this.shop,
      rules: [
        { resources: ['pods', 'pods/log', 'services', 'events'], verbs: ['get', 'list', 'watch'] },
        { apiGroup: 'apps', resources: ['deployments', 'replicasets'], verbs: ['get', 'list', 'watch'] },
      ],
      subjects: [{ group: 'shop-developers' }],
    });
  }
}
