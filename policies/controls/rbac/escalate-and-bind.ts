import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, role } from '../roles';

export default defineControl({
  id: 'escalate-and-bind',
  area: 'rbac',
  title: 'No role lets its holder take more rights',
  rationale:
    'With escalate somebody writes any rule into a role, with bind somebody gives themselves any role.',
  severity: 'critical',
  remediation: 'Leave out escalate and bind; let a deployment with a person behind it change roles.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.8'], attack: ['T1098.006', 'T1078'] },
  kinds: [KINDS.role, KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!rule.verbs.exists(v, v in ["escalate", "bind"])`,
      path: 'verbs',
      message: 'The rule lets its holder take more rights.',
    },
  ],
  examples: {
    good: [role({ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['get'] })],
    bad: [
      role({ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['escalate'] }),
      clusterRole({ apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['bind'] }),
    ],
  },
});
