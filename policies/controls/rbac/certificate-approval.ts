import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, grants, WRITE } from '../roles';

const GROUP = ['certificates.k8s.io'];

export default defineControl({
  id: 'certificate-approval',
  area: 'rbac',
  title: 'No role approves certificates',
  rationale: 'Who approves and signs a certificate request makes a certificate for any user or node.',
  severity: 'critical',
  remediation: 'Leave it to the controllers of the cluster.',
  mappings: { recommendations: ['AUTH-2', 'AUTH-3'], cis: ['5.1.11'], attack: ['T1078', 'T1098.006'] },
  kinds: [KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!(${grants({ groups: GROUP, resources: ['certificatesigningrequests/approval', 'certificatesigningrequests/status'], verbs: WRITE })}) && !(${grants({ groups: GROUP, resources: ['signers'], verbs: ['approve', 'sign'] })})`,
      path: 'resources',
      message: 'The rule approves or signs certificates.',
    },
  ],
  examples: {
    good: [
      clusterRole({ apiGroups: GROUP, resources: ['certificatesigningrequests'], verbs: ['create', 'get'] }),
    ],
    bad: [
      clusterRole({
        apiGroups: GROUP,
        resources: ['certificatesigningrequests/approval'],
        verbs: ['update'],
      }),
      clusterRole({ apiGroups: GROUP, resources: ['signers'], verbs: ['approve'] }),
    ],
  },
});
