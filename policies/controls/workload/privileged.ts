import { defineControl } from '../../control';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';

export default defineControl({
  id: 'privileged',
  title: 'No container is privileged',
  rationale:
    'A privileged container has every capability and device of its node: who controls it controls the node.',
  severity: 'critical',
  remediation: 'Leave out securityContext.privileged, or set it to false.',
  recommendations: ['POD-4'],
  cis: ['5.2.2'],
  validations: [
    {
      expression:
        'variables.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || c.securityContext.privileged == false)',
      message: 'A container is privileged.',
    },
  ],
  examples: {
    good: [examplePod(), podWithSecurity({ privileged: false })],
    // The API itself refuses a privileged container that may not gain privileges, hence the second setting.
    bad: [
      podWithSecurity({ privileged: true, allowPrivilegeEscalation: true }),
      podWithInit({ privileged: true, allowPrivilegeEscalation: true }),
    ],
  },
});
