import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { POD_KINDS } from '../../kinds';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';

export default defineControl({
  id: 'run-as-non-root',
  area: 'workload',
  title: 'Containers run as another user than root',
  rationale: 'A process that is root in its container is root on the node as soon as it finds a way out.',
  severity: 'high',
  remediation: 'Set runAsNonRoot: true for the pod or for each container, and no runAsUser of 0.',
  mappings: { recommendations: ['POD-1', 'POD-6'], cis: ['5.2.7'], attack: ['T1611'] },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: CONTAINERS,
      expression: [
        '(has(container.securityContext) && has(container.securityContext.runAsNonRoot))',
        '? container.securityContext.runAsNonRoot',
        ': (has(variables.podSpec.securityContext) && has(variables.podSpec.securityContext.runAsNonRoot) && variables.podSpec.securityContext.runAsNonRoot)',
      ].join(' '),
      path: 'securityContext.runAsNonRoot',
      message: 'The container may run as root: runAsNonRoot is not true for it.',
      showsValue: true,
    },
    {
      expression:
        '!has(variables.podSpec.securityContext) || !has(variables.podSpec.securityContext.runAsUser) || variables.podSpec.securityContext.runAsUser != 0',
      path: 'securityContext.runAsUser',
      message: 'runAsUser is 0, which is root.',
      showsValue: true,
    },
    {
      forEach: CONTAINERS,
      expression:
        '!has(container.securityContext) || !has(container.securityContext.runAsUser) || container.securityContext.runAsUser != 0',
      path: 'securityContext.runAsUser',
      message: 'runAsUser is 0, which is root.',
      showsValue: true,
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
