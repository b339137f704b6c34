import { defineControl } from '../../control';
import { BOUND_SUBJECTS } from '../../elements';
import { KINDS } from '../../kinds';
import { binding, group } from '../roles';

export default defineControl({
  id: 'masters-binding',
  area: 'rbac',
  title: 'Nothing is granted to the group system:masters',
  rationale:
    'The API server asks nobody what this group may do. A binding makes it look like a group whose rights could be taken away.',
  severity: 'medium',
  remediation: 'Name a group of your identity provider.',
  mappings: { recommendations: ['AUTH-2', 'AUTH-3'], cis: ['5.1.7'], attack: ['T1078.001'] },
  kinds: [KINDS.roleBinding, KINDS.clusterRoleBinding],
  validations: [
    {
      forEach: BOUND_SUBJECTS,
      expression: 'subject.name != "system:masters" || object.roleRef.name == "cluster-admin"',
      path: 'name',
      message: 'The subject is the group system:masters.',
    },
  ],
  examples: {
    good: [
      binding(group('developers')),
      binding(group('system:masters'), { roleName: 'cluster-admin', name: 'cluster-admin' }),
    ],
    bad: [binding(group('system:masters')), binding(group('system:masters'), { namespace: 'shop' })],
  },
});
