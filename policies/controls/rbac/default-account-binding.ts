import { defineControl } from '../../control';
import { BOUND_SUBJECTS } from '../../elements';
import { KINDS } from '../../kinds';
import { account, binding, group } from '../roles';

export default defineControl({
  id: 'default-account-binding',
  area: 'rbac',
  title: 'Nothing is granted to the default account of a namespace',
  rationale: 'Every pod that names no account has this one, and so what is granted to it.',
  severity: 'high',
  remediation: 'Create a service account for the workload and bind the role to it.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.5'], attack: ['T1078.001', 'T1528'] },
  kinds: [KINDS.roleBinding, KINDS.clusterRoleBinding],
  validations: [
    {
      forEach: BOUND_SUBJECTS,
      // The API server knows an account also as the user `system:serviceaccount:NAMESPACE:NAME`.
      expression:
        '!(subject.kind == "ServiceAccount" && subject.name == "default") && !(subject.kind == "User" && subject.name.startsWith("system:serviceaccount:") && subject.name.endsWith(":default"))',
      path: 'name',
      message: 'The subject is the account of all pods that name none.',
    },
  ],
  examples: {
    good: [
      binding(account('app'), { namespace: 'shop' }),
      binding(group('default')),
      binding({ kind: 'User', name: 'system:serviceaccount:default:app' }),
    ],
    bad: [
      binding(account('default'), { namespace: 'shop' }),
      binding(account('default')),
      binding({ kind: 'User', name: 'system:serviceaccount:shop:default' }, { namespace: 'shop' }),
    ],
  },
});
