import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, grants, WRITE } from '../roles';

export default defineControl({
  id: 'node-proxy',
  area: 'rbac',
  title: 'No role speaks to the kubelet but for its metrics',
  rationale:
    'Through the proxy of a node its holder runs commands in every pod of the node, and no admission policy or audit log sees them; the kubelet itself writes the memory of a container to disk, or shows the logs of the node.',
  severity: 'critical',
  remediation: 'Grant nodes/metrics or nodes/stats instead.',
  mappings: { recommendations: ['AUTH-3', 'NET-2'], cis: ['5.1.10'], attack: ['T1609', 'T1613'] },
  kinds: [KINDS.role, KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!(${grants({ resources: ['nodes/proxy', 'nodes/checkpoint', 'nodes/log'], verbs: ['get', 'delete', ...WRITE] })})`,
      path: 'resources',
      message: 'The rule reaches the API of the kubelet.',
    },
  ],
  examples: {
    good: [clusterRole({ resources: ['nodes', 'nodes/metrics'], verbs: ['get'] })],
    bad: [
      clusterRole({ resources: ['nodes/proxy'], verbs: ['get'] }),
      clusterRole({ resources: ['nodes/proxy'], verbs: ['create'] }),
      clusterRole({ resources: ['nodes/checkpoint'], verbs: ['create'] }),
      clusterRole({ resources: ['nodes/log'], verbs: ['get'] }),
    ],
  },
});
