import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { ON_WINDOWS, valueOr } from '../fields';
import { isOnWindows, secureContainers, where } from '../remedies';

export default defineControl({
  id: 'read-only-root',
  area: 'workload',
  title: 'The root file system of each container is read-only',
  rationale:
    'What cannot be written cannot be replaced: an intruder finds no place for tools or a changed binary.',
  severity: 'medium',
  remediation:
    'Set readOnlyRootFilesystem: true for each container and mount a sized emptyDir where it has to write.',
  mappings: { recommendations: ['POD-2'], cis: ['5.6.3'], attack: ['T1525', 'T1543.005'] },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: CONTAINERS,
      expression: `${ON_WINDOWS} || ${valueOr('container.securityContext.readOnlyRootFilesystem', 'false')}`,
      path: 'securityContext.readOnlyRootFilesystem',
      message: 'The container can write to its root file system.',
      showsValue: true,
    },
  ],
  remediate: where((pod) => !isOnWindows(pod), secureContainers({ readOnlyRootFilesystem: true })),
  risk: 'A program that writes to its image’s file system fails.',
  absence: 'ask',
  examples: {
    good: [examplePod()],
    bad: [
      podWithSecurity({ readOnlyRootFilesystem: undefined }),
      podWithSecurity({ readOnlyRootFilesystem: false }),
      podWithInit({ readOnlyRootFilesystem: false }),
    ],
  },
});
