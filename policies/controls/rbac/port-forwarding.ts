import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, grants, role, WRITE } from '../roles';

export default defineControl({
  id: 'port-forwarding',
  area: 'rbac',
  title: 'No role opens a way to the ports of pods',
  rationale:
    'The API server and the kubelet carry such a connection, so that no network policy stands in its way.',
  severity: 'medium',
  remediation: 'Leave out pods/portforward and the proxy subresources of pods and services.',
  mappings: { recommendations: ['AUTH-3', 'NET-5'], cis: [], attack: ['T1609', 'T1133'] },
  kinds: [KINDS.role, KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!(${grants({ resources: ['pods/portforward', 'pods/proxy', 'services/proxy'], verbs: ['get', 'delete', ...WRITE] })})`,
      path: 'resources',
      message: 'The rule opens a way to the ports of pods past the network policies.',
    },
  ],
  examples: {
    good: [role({ resources: ['pods', 'services'], verbs: ['get'] })],
    bad: [
      role({ resources: ['pods/portforward'], verbs: ['create'] }),
      clusterRole({ resources: ['services/proxy'], verbs: ['get'] }),
    ],
  },
});
