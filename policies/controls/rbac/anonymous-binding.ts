import { defineControl } from '../../control';
import { BOUND_SUBJECTS } from '../../elements';
import { KINDS } from '../../kinds';
import { binding, group } from '../roles';

/** What Kubernetes itself opens to everybody: the version and the health of the API server. */
const BUILT_IN = 'system:public-info-viewer';

export default defineControl({
  id: 'anonymous-binding',
  area: 'rbac',
  title: 'Nothing is granted to those who did not log in',
  rationale: 'What is granted to anonymous users is granted to everyone who reaches the API server.',
  severity: 'critical',
  remediation: 'Name a group of your identity provider, or a service account.',
  mappings: { recommendations: ['AUTH-1', 'AUTH-3'], cis: [], attack: ['T1078.001', 'T1190'] },
  kinds: [KINDS.roleBinding, KINDS.clusterRoleBinding],
  validations: [
    {
      forEach: BOUND_SUBJECTS,
      expression: `!(subject.name in ["system:anonymous", "system:unauthenticated"]) || (object.roleRef.name == "${BUILT_IN}" && object.metadata.name == "${BUILT_IN}")`,
      path: 'name',
      message: 'The subject is everybody who did not log in.',
    },
  ],
  examples: {
    good: [
      binding(group('developers')),
      binding(group('system:unauthenticated'), { roleName: BUILT_IN, name: BUILT_IN }),
    ],
    bad: [
      binding(group('system:unauthenticated')),
      binding({ kind: 'User', name: 'system:anonymous' }, { namespace: 'shop' }),
      binding(group('system:unauthenticated'), { roleName: 'deployer', name: BUILT_IN }),
    ],
  },
});
