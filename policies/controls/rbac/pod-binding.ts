import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, grants, role, WRITE } from '../roles';

export default defineControl({
  id: 'pod-binding',
  area: 'rbac',
  title: 'No role puts pods on nodes',
  rationale:
    'Whoever binds a pod to a node is its scheduler: no taint keeps the pod off the control plane, and no policy sees a field of it.',
  severity: 'high',
  remediation: 'Leave it to the scheduler.',
  mappings: { recommendations: ['AUTH-3', 'NET-2'], cis: [], attack: ['T1610', 'T1611'] },
  kinds: [KINDS.role, KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!(${grants({ resources: ['bindings', 'pods/binding'], verbs: WRITE })})`,
      path: 'resources',
      message: 'The rule lets its holder put a pod on any node, whatever its taints.',
    },
  ],
  examples: {
    good: [role({ resources: ['pods', 'pods/eviction'], verbs: ['create'] })],
    bad: [
      role({ resources: ['pods/binding'], verbs: ['create'] }),
      role({ resources: ['bindings'], verbs: ['create'] }),
      clusterRole({ resources: ['pods/log', 'pods/binding'], verbs: ['get', 'create'] }),
    ],
  },
});
