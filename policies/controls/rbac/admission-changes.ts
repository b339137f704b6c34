import { defineControl } from '../../control';
import { RULES } from '../../elements';
import { KINDS } from '../../kinds';
import { clusterRole, grants, WRITE } from '../roles';

const GROUP = ['admissionregistration.k8s.io'];
const AGGREGATION = ['apiregistration.k8s.io'];
const CHANGE = [...WRITE, 'delete', 'deletecollection'];
const ADMISSION = ['validating', 'mutating'].flatMap((sort) =>
  ['webhookconfigurations', 'admissionpolicies', 'admissionpolicybindings'].map((kind) => `${sort}${kind}`),
);

export default defineControl({
  id: 'admission-changes',
  area: 'rbac',
  title: 'No role changes what the API server admits, or who answers for it',
  rationale:
    'Who changes webhooks or admission policies sees and rewrites every request, and turns these controls off; who changes an APIService answers in place of the API server, to its nodes and controllers too.',
  severity: 'critical',
  remediation: 'Leave it to the stack that declares the policies.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.12'], attack: ['T1562.001', 'T1098.006'] },
  kinds: [KINDS.clusterRole],
  validations: [
    {
      forEach: RULES,
      expression: `!(${grants({ groups: GROUP, resources: ADMISSION, verbs: CHANGE })})`,
      path: 'resources',
      message: 'The rule changes webhooks or policies of admission.',
    },
    {
      forEach: RULES,
      expression: `!(${grants({ groups: AGGREGATION, resources: ['apiservices'], verbs: CHANGE })})`,
      path: 'resources',
      message: 'The rule changes which server answers for an API.',
    },
  ],
  examples: {
    good: [
      clusterRole({ apiGroups: GROUP, resources: ADMISSION, verbs: ['get', 'list', 'watch'] }),
      clusterRole({ apiGroups: AGGREGATION, resources: ['apiservices'], verbs: ['get', 'list', 'watch'] }),
    ],
    bad: [
      clusterRole({ apiGroups: GROUP, resources: ['mutatingwebhookconfigurations'], verbs: ['patch'] }),
      clusterRole({ apiGroups: GROUP, resources: ['validatingadmissionpolicybindings'], verbs: ['delete'] }),
      clusterRole({ apiGroups: AGGREGATION, resources: ['apiservices'], verbs: ['update'] }),
    ],
  },
});
