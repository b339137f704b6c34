import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';

export default defineControl({
  id: 'read-only-root',
  area: 'workload',
  title: 'The root file system of each container is read-only',
  rationale:
    'What cannot be written cannot be replaced: an intruder finds no place for tools or a changed binary.',
  severity: 'medium',
  remediation:
    'Set readOnlyRootFilesystem: true for each container and mount a sized emptyDir where it has to write.',
  mappings: { recommendations: ['POD-2'], cis: [], attack: ['T1525', 'T1543'] },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: CONTAINERS,
      expression:
        'has(container.securityContext) && has(container.securityContext.readOnlyRootFilesystem) && container.securityContext.readOnlyRootFilesystem',
      path: 'securityContext.readOnlyRootFilesystem',
      message: 'The container can write to its root file system.',
      showsValue: true,
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
