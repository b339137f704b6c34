import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, grants, role, WRITE } from '../roles';

export default defineControl({
  id: 'exec-into-pods',
  area: 'rbac',
  title: 'No role runs commands in containers',
  rationale:
    'A command in a container has the rights, the files and the network of the workload, and goes around the review of what runs.',
  severity: 'high',
  remediation:
    'Leave out pods/exec, pods/attach and pods/ephemeralcontainers; grant them for one case and a limited time.',
  mappings: { recommendations: ['AUTH-3', 'NET-2'], cis: [], attack: ['T1609'] },
  kinds: [KINDS.role, KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!(${grants({ resources: ['pods/exec', 'pods/attach', 'pods/ephemeralcontainers'], verbs: ['get', ...WRITE] })})`,
      path: 'resources',
      message: 'The rule lets its holder run commands in containers.',
    },
  ],
  examples: {
    good: [role({ resources: ['pods', 'pods/log'], verbs: ['get'] })],
    bad: [
      role({ resources: ['pods/exec'], verbs: ['create'] }),
      clusterRole({ resources: ['pods/attach'], verbs: ['get'] }),
      clusterRole({ resources: ['pods/ephemeralcontainers'], verbs: ['patch'] }),
    ],
  },
});
