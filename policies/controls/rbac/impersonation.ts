import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, role } from '../roles';

export default defineControl({
  id: 'impersonation',
  area: 'rbac',
  title: 'No role lets its holder act as somebody else',
  rationale:
    'Who may impersonate is everybody at once, the administrators as well, and leaves their name in the audit log.',
  severity: 'critical',
  remediation: 'Leave out impersonate; use a proxy that authenticates people itself.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.8'], attack: ['T1078', 'T1550.001'] },
  kinds: [KINDS.role, KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!rule.verbs.exists(v, v.startsWith("impersonate"))`,
      path: 'verbs',
      message: 'The rule lets its holder act as somebody else.',
    },
  ],
  examples: {
    good: [role({ resources: ['serviceaccounts'], verbs: ['get'] })],
    bad: [
      clusterRole({ resources: ['users', 'groups'], verbs: ['impersonate'] }),
      role({ resources: ['serviceaccounts'], verbs: ['impersonate'] }),
    ],
  },
});
