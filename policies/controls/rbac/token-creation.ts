import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, grants, role } from '../roles';

export default defineControl({
  id: 'token-creation',
  area: 'rbac',
  title: 'No role makes tokens for service accounts',
  rationale: 'Who makes a token for an account has all its rights, from anywhere.',
  severity: 'high',
  remediation: 'Leave out serviceaccounts/token, or name the one account in resourceNames.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.13'], attack: ['T1528', 'T1550.001'] },
  kinds: [KINDS.role, KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!(${grants({ resources: ['serviceaccounts/token'], verbs: ['create'] })}) || (has(rule.resourceNames) && size(rule.resourceNames) > 0)`,
      path: 'resources',
      message: 'The rule makes tokens for any service account.',
    },
  ],
  examples: {
    good: [
      role({ resources: ['serviceaccounts'], verbs: ['get'] }),
      role({ resources: ['serviceaccounts/token'], resourceNames: ['backup'], verbs: ['create'] }),
    ],
    bad: [
      role({ resources: ['serviceaccounts/token'], verbs: ['create'] }),
      clusterRole({ resources: ['serviceaccounts/token'], verbs: ['create'] }),
    ],
  },
});
