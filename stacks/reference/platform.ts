import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { allow, api, HardenedNamespace, ScopedRole, SystemNamespaces } from '../../constructs';
import { AdmissionPolicies } from '../../policies';

const READ = ['get', 'list', 'watch'] as const;

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
        allow(api.pods, READ),
        allow(api.pods.log, ['get']),
        allow(api.services, READ),
        allow(api.events, READ),
        allow(api.apps.deployments, READ),
        allow(api.apps.replicaSets, READ),
      ],
      subjects: [{ group: 'shop-developers' }],
    });
  }
}
