import { defineControl } from '../../control';
import { examplePod } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { replace } from '../remedies';

export default defineControl({
  id: 'share-process-namespace',
  area: 'workload',
  title: 'The containers of a pod do not see each other’s processes',
  rationale:
    'In a shared process namespace each container reads the environment and, through /proc, the files of the others.',
  severity: 'medium',
  remediation: 'Leave out shareProcessNamespace.',
  mappings: { recommendations: ['POD-6'], cis: ['5.6.3'], attack: ['T1552.001'] },
  kinds: POD_KINDS,
  validations: [
    {
      expression: `${valueOr('variables.podSpec.shareProcessNamespace', 'false')} == false`,
      path: 'shareProcessNamespace',
      message: 'The containers of the pod share one process namespace.',
    },
  ],
  remediate: replace(['shareProcessNamespace'], true),
  risk: 'A container may have to see the processes of another.',
  examples: {
    good: [examplePod(), examplePod({ shareProcessNamespace: false })],
    bad: [examplePod({ shareProcessNamespace: true })],
  },
});
