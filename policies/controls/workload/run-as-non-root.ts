import { defineControl } from '../../control';

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
      { securityContext: { runAsNonRoot: true }, containers: [{ name: 'c', image: 'i' }] },
      { containers: [{ name: 'c', image: 'i', securityContext: { runAsNonRoot: true, runAsUser: 10001 } }] },
    ],
    bad: [
      { containers: [{ name: 'c', image: 'i' }] },
      { securityContext: { runAsNonRoot: true, runAsUser: 0 }, containers: [{ name: 'c', image: 'i' }] },
      {
        securityContext: { runAsNonRoot: true },
        containers: [{ name: 'c', image: 'i', securityContext: { runAsNonRoot: false } }],
      },
      {
        securityContext: { runAsNonRoot: true },
        containers: [{ name: 'c', image: 'i' }],
        initContainers: [{ name: 'init', image: 'i', securityContext: { runAsUser: 0 } }],
      },
    ],
  },
});
