import { Construct } from 'constructs';
import { k8s } from '../cdk8s-plus';
import { serves } from '../serves';

/** Settings of a {@link ServingCertificateApprover}. */
export interface ServingCertificateApproverProps {
  /**
   * Name of the service account, the role and the binding.
   *
   * @default 'keelson-serving-certificate-approver'
   */
  readonly name?: string;
  /**
   * Namespace of the service account.
   *
   * @default 'kube-system'
   */
  readonly namespace?: string;
}

const GROUP = 'certificates.k8s.io';

/**
 * The account of `keelson approve-serving-certificates`, and all that it may do: read requests for certificates and Nodes, and
 * decide on what kubelets ask to serve with. It signs nothing, and decides for no other signer.
 *
 * Source: NET-4, AUTH-3; CIS 5.1.11.
 */
export class ServingCertificateApprover extends Construct {
  /** Name of the service account, the role and the binding. */
  public readonly name: string;
  /** Namespace of the service account. */
  public readonly namespace: string;

  public constructor(scope: Construct, id: string, props: ServingCertificateApproverProps = {}) {
    super(scope, id);
    this.name = props.name ?? 'keelson-serving-certificate-approver';
    this.namespace = props.namespace ?? 'kube-system';
    const { name, namespace } = this;
    new k8s.KubeServiceAccount(this, 'Account', {
      metadata: { name, namespace },
      automountServiceAccountToken: false,
    });
    new k8s.KubeClusterRole(this, 'Role', {
      metadata: { name },
      rules: [
        { apiGroups: [GROUP], resources: ['certificatesigningrequests'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: [GROUP], resources: ['certificatesigningrequests/approval'], verbs: ['update'] },
        {
          apiGroups: [GROUP],
          resources: ['signers'],
          resourceNames: ['kubernetes.io/kubelet-serving'],
          verbs: ['approve'],
        },
        { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
      ],
    });
    new k8s.KubeClusterRoleBinding(this, 'Binding', {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
    serves(this, 'AUTH-3');
    serves(this, 'NET-4');
  }
}
