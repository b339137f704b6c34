import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, grants, role, WRITE } from '../roles';

export default defineControl({
  id: 'persistent-volume-creation',
  area: 'rbac',
  title: 'No role makes persistent volumes',
  rationale:
    'A persistent volume can be any path of a node or any disk in reach, past what Pod Security allows.',
  severity: 'medium',
  remediation: 'Let a storage class make the volumes.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.9'], attack: ['T1611'] },
  kinds: [KINDS.role, KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!(${grants({ resources: ['persistentvolumes'], verbs: WRITE })})`,
      path: 'resources',
      message: 'The rule makes or changes persistent volumes.',
    },
  ],
  examples: {
    good: [
      clusterRole({ resources: ['persistentvolumes'], verbs: ['get'] }),
      role({ resources: ['persistentvolumeclaims'], verbs: ['create'] }),
    ],
    bad: [clusterRole({ resources: ['persistentvolumes'], verbs: ['create'] })],
  },
});
