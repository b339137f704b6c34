import { ADMINISTRATOR_GROUPS } from '../../administrators';
import { defineControl, parameter } from '../../control';
import { BOUND_SUBJECTS } from '../../elements';
import { KINDS } from '../../kinds';
import { account, binding, group } from '../roles';

export default defineControl({
  id: 'cluster-admin-binding',
  area: 'rbac',
  title: 'Nobody is made an administrator of the whole cluster',
  rationale: 'The role cluster-admin may do everything, these policies included.',
  severity: 'critical',
  remediation: 'Bind a role with what is needed.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.1'], attack: ['T1098.006', 'T1078'] },
  kinds: [KINDS.roleBinding, KINDS.clusterRoleBinding],
  parameters: {
    groups: parameter(
      'The groups that may be administrators; those that Kubernetes, kubeadm and keelson make themselves.',
      (z) => z.array(z.string().min(1)),
      ADMINISTRATOR_GROUPS,
    ),
  },
  validations: [
    {
      forEach: BOUND_SUBJECTS,
      expression:
        'object.roleRef.name != "cluster-admin" || (object.kind == "ClusterRoleBinding" && subject.kind == "Group" && subject.name in variables.groups)',
      path: 'name',
      message: 'The subject is made an administrator of the cluster, or of all that is in the namespace.',
    },
  ],
  examples: {
    good: [
      binding(group('developers')),
      binding(group('kubeadm:cluster-admins'), { roleName: 'cluster-admin' }),
      binding(account('app'), { namespace: 'shop' }),
    ],
    bad: [
      binding(group('developers'), { roleName: 'cluster-admin' }),
      binding(account('app'), { roleName: 'cluster-admin', namespace: 'shop' }),
      binding(account('system-masters'), { roleName: 'cluster-admin' }),
    ],
  },
});
