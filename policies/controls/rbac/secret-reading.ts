import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, grants, READ } from '../roles';

export default defineControl({
  id: 'secret-reading',
  area: 'rbac',
  title: 'No role reads the Secrets of all namespaces',
  rationale:
    'All Secrets of a cluster together open everything that the cluster may reach, and the cluster itself.',
  severity: 'high',
  remediation: 'Grant it by a Role in the namespace, or name the Secrets in resourceNames.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.2'], attack: ['T1552.007', 'T1528'] },
  kinds: [KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!(${grants({ resources: ['secrets'], verbs: READ })}) || (has(rule.resourceNames) && size(rule.resourceNames) > 0)`,
      path: 'resources',
      message: 'The rule reads every Secret.',
    },
  ],
  examples: {
    good: [
      clusterRole({ resources: ['secrets'], resourceNames: ['ca'], verbs: ['get'] }),
      clusterRole({ resources: ['secrets'], verbs: ['create'] }),
      clusterRole({ apiGroups: ['vault.example'], resources: ['secrets'], verbs: ['list'] }),
    ],
    bad: [
      clusterRole({ resources: ['configmaps', 'secrets'], verbs: ['list'] }),
      clusterRole({ resources: ['secrets'], resourceNames: [], verbs: ['watch'] }),
    ],
  },
});
