import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, role } from '../roles';

export default defineControl({
  id: 'wildcard-verbs',
  area: 'rbac',
  title: 'No role allows every verb',
  rationale:
    'A wildcard also allows what nobody thought of: to delete, to impersonate, to escalate, and what later versions add.',
  severity: 'high',
  remediation: 'Name the verbs that are needed.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.3'], attack: ['T1078', 'T1098.006'] },
  kinds: [KINDS.role, KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!("*" in rule.verbs)`,
      path: 'verbs',
      message: 'The rule allows every verb.',
    },
  ],
  examples: {
    good: [role({ resources: ['pods'], verbs: ['get', 'list'] })],
    bad: [
      role({ resources: ['pods'], verbs: ['*'] }),
      clusterRole({ resources: ['nodes'], verbs: ['get', '*'] }),
    ],
  },
});
