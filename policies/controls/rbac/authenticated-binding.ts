import { defineControl } from '../../control';
import { BOUND_SUBJECTS } from '../../elements';
import { KINDS } from '../../kinds';
import { binding, group } from '../roles';

export default defineControl({
  id: 'authenticated-binding',
  area: 'rbac',
  title: 'Nothing is granted to everyone who logged in, or to every service account',
  rationale: 'What is granted to all accounts is granted to each workload that somebody breaks into.',
  severity: 'high',
  remediation: 'Name a group of your identity provider, or a service account.',
  mappings: { recommendations: ['AUTH-3'], cis: [], attack: ['T1078', 'T1098.006'] },
  kinds: [KINDS.roleBinding, KINDS.clusterRoleBinding],
  validations: [
    {
      forEach: BOUND_SUBJECTS,
      expression:
        '!(subject.name in ["system:authenticated", "system:serviceaccounts"] || subject.name.startsWith("system:serviceaccounts:"))',
      path: 'name',
      message: 'The subject is everyone who logged in, or every service account, of a namespace or at all.',
    },
  ],
  examples: {
    good: [binding(group('developers')), binding({ kind: 'User', name: 'system:serviceaccount:shop:app' })],
    bad: [
      binding(group('system:authenticated')),
      binding(group('system:serviceaccounts'), { namespace: 'shop' }),
      binding(group('system:serviceaccounts:shop'), { namespace: 'shop' }),
      binding(group('system:authenticated'), { roleName: 'deployer', name: 'system:discovery' }),
    ],
  },
});
