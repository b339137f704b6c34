import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, grants } from '../roles';

/** An update of the status or of the finalizers carries the labels, too. */
const NAMESPACES = ['namespaces', 'namespaces/status', 'namespaces/finalize'];

export default defineControl({
  id: 'namespace-changes',
  area: 'rbac',
  title: 'No role changes namespaces',
  rationale:
    'The labels of a namespace say how strictly its pods are judged: who changes them lets any pod in.',
  severity: 'medium',
  remediation: 'Leave namespaces to the stack that declares them.',
  mappings: { recommendations: ['AUTH-3'], cis: [], attack: ['T1562.001'] },
  kinds: [KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!(${grants({ resources: NAMESPACES, verbs: ['update', 'patch'] })})`,
      path: 'resources',
      message: 'The rule changes namespaces, and so how strictly their pods are judged.',
    },
  ],
  examples: {
    good: [clusterRole({ resources: NAMESPACES, verbs: ['get', 'list', 'watch'] })],
    bad: NAMESPACES.map((resource) => clusterRole({ resources: [resource], verbs: ['patch'] })),
  },
});
