import { defineControl } from '../../control';

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
    good: [{}, { containers: [{ name: 'c', image: 'i', securityContext: { privileged: false } }] }],
    bad: [
      { containers: [{ name: 'c', image: 'i', securityContext: { privileged: true } }] },
      {
        containers: [{ name: 'c', image: 'i' }],
        initContainers: [{ name: 'init', image: 'i', securityContext: { privileged: true } }],
      },
    ],
  },
});
