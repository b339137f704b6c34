import { defineControl } from '../../control';
import { examplePod } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { setFields } from '../remedies';

export default defineControl({
  id: 'automount-token',
  area: 'workload',
  title: 'Pods get no API token that they did not ask for',
  rationale: 'With a token an intruder in the pod speaks to the API server as the workload.',
  severity: 'medium',
  remediation:
    'Set automountServiceAccountToken: false for the pod. What calls the API mounts a projected serviceAccountToken of its own, for a limited time.',
  mappings: { recommendations: ['AUTH-3'], cis: ['5.1.6'], attack: ['T1528', 'T1552.007'] },
  kinds: POD_KINDS,
  validations: [
    {
      expression: `${valueOr('variables.podSpec.automountServiceAccountToken', 'true')} == false`,
      path: 'automountServiceAccountToken',
      message: 'The pod is given an API token: automountServiceAccountToken is not false.',
    },
  ],
  remediate: setFields({ automountServiceAccountToken: false }),
  risk: 'A program that calls the API no longer can.',
  absence: 'ask',
  examples: {
    good: [examplePod(), examplePod({ serviceAccountName: 'app' })],
    bad: [
      examplePod({ serviceAccountName: 'app', automountServiceAccountToken: undefined }),
      examplePod({ serviceAccountName: 'app', automountServiceAccountToken: true }),
    ],
  },
});
