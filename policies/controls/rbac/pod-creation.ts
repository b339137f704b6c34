import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, grants, WRITE } from '../roles';

const WORKLOADS = ['deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs'];

export default defineControl({
  id: 'pod-creation',
  area: 'rbac',
  title: 'No role makes pods in all namespaces',
  rationale:
    'Who makes a pod in a namespace reads its Secrets and uses its accounts; in all namespaces that is the cluster.',
  severity: 'medium',
  remediation: 'Grant it by a Role in each namespace that needs it.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.4'], attack: ['T1610', 'T1053.007'] },
  kinds: [KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!(${grants({ resources: ['pods', 'podtemplates', 'replicationcontrollers'], verbs: WRITE })}) && !(${grants({ groups: ['apps', 'batch'], resources: WORKLOADS, verbs: WRITE })})`,
      path: 'resources',
      message: 'The rule makes or changes pods in all namespaces.',
    },
  ],
  examples: {
    good: [clusterRole({ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] })],
    bad: [
      clusterRole({ resources: ['pods'], verbs: ['create'] }),
      clusterRole({ apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch'] }),
    ],
  },
});
