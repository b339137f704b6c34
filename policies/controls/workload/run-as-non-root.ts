import { defineControl } from '../../control';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';

export default defineControl({
  id: 'run-as-non-root',
  title: 'Containers run as another user than root',
  rationale: 'A process that is root in its container is root on the node as soon as it finds a way out.',
  severity: 'high',
  remediation: 'Set runAsNonRoot: true for the pod or for each container, and no runAsUser of 0.',
  recommendations: ['POD-1', 'POD-6'],
  cis: ['5.2.7'],
  validations: [
    {
      expression: [
        'variables.containers.all(c, (has(c.securityContext) && has(c.securityContext.runAsNonRoot))',
        '? c.securityContext.runAsNonRoot',
        ': (has(variables.podSpec.securityContext) && has(variables.podSpec.securityContext.runAsNonRoot) && variables.podSpec.securityContext.runAsNonRoot))',
      ].join(' '),
      message: 'A container may run as root: runAsNonRoot is not true for it.',
    },
    {
      expression: [
        '(!has(variables.podSpec.securityContext) || !has(variables.podSpec.securityContext.runAsUser) || variables.podSpec.securityContext.runAsUser != 0)',
        '&& variables.containers.all(c, !has(c.securityContext) || !has(c.securityContext.runAsUser) || c.securityContext.runAsUser != 0)',
      ].join(' '),
      message: 'runAsUser is 0, which is root.',
    },
  ],
  examples: {
    good: [
      examplePod(),
      examplePod({ securityContext: {} }, { securityContext: { runAsNonRoot: true, runAsUser: 10001 } }),
    ],
    bad: [
      examplePod({ securityContext: {} }),
      examplePod(
        { securityContext: { runAsNonRoot: true, runAsUser: 0 } },
        { securityContext: { runAsUser: 10001 } },
      ),
      podWithSecurity({ runAsNonRoot: false }),
      podWithSecurity({ runAsUser: 0 }),
      podWithInit({ runAsNonRoot: false }),
      podWithInit({ runAsUser: 0 }),
    ],
  },
});
