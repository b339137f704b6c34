import { defineControl } from '../../control';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';

export default defineControl({
  id: 'read-only-root',
  title: 'The root file system of each container is read-only',
  rationale:
    'What cannot be written cannot be replaced: an intruder finds no place for tools or a changed binary.',
  severity: 'medium',
  remediation:
    'Set readOnlyRootFilesystem: true for each container and mount a sized emptyDir where it has to write.',
  recommendations: ['POD-2'],
  cis: [],
  validations: [
    {
      expression:
        'variables.containers.all(c, has(c.securityContext) && has(c.securityContext.readOnlyRootFilesystem) && c.securityContext.readOnlyRootFilesystem)',
      message: 'A container can write to its root file system.',
    },
  ],
  examples: {
    good: [examplePod()],
    bad: [
      podWithSecurity({ readOnlyRootFilesystem: undefined }),
      podWithSecurity({ readOnlyRootFilesystem: false }),
      podWithInit({ readOnlyRootFilesystem: false }),
    ],
  },
});
