import { defineControl } from '../../control';
import { examplePod } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';

/** The API server fills in both names, the second being the old one of the first. */
const ACCOUNT = valueOr(
  'variables.podSpec.serviceAccountName',
  valueOr('variables.podSpec.serviceAccount', '"default"'),
);

const TOKEN = { projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } };
const MOUNTED =
  '(has(v.projected) && has(v.projected.sources) && v.projected.sources.exists(s, has(s.serviceAccountToken)))';

export default defineControl({
  id: 'default-service-account',
  area: 'workload',
  title: 'A pod that speaks to the API has an account of its own',
  rationale:
    'All pods of a namespace that name no account share one: what is granted to one of them is granted to all.',
  severity: 'medium',
  remediation: 'Create a service account for the workload and name it in serviceAccountName.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.5'], attack: ['T1078.001', 'T1528'] },
  kinds: POD_KINDS,
  validations: [
    {
      expression: `!(${ACCOUNT} in ["", "default"]) || (${valueOr('variables.podSpec.automountServiceAccountToken', 'true')} == false && (!has(variables.podSpec.volumes) || !variables.podSpec.volumes.exists(v, ${MOUNTED})))`,
      path: 'serviceAccountName',
      message: 'The pod has a token of the account that all pods of the namespace share.',
    },
  ],
  examples: {
    good: [
      examplePod(),
      examplePod({ serviceAccountName: 'app', volumes: [{ name: 'token', ...TOKEN }] }),
      examplePod({ serviceAccount: 'app', automountServiceAccountToken: true }),
    ],
    bad: [
      examplePod({ volumes: [{ name: 'token', ...TOKEN }] }),
      examplePod({ serviceAccountName: 'default', volumes: [{ name: 'token', ...TOKEN }] }),
    ],
  },
});
