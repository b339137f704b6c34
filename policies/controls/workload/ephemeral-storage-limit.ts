import { defineControl } from '../../control';
import { DECLARED_CONTAINERS } from '../../elements';
import { examplePod, podWithInitContainer } from '../../example-pod';
import { POD_KINDS } from '../../kinds';

const UNBOUNDED = { resources: { requests: { cpu: '1' }, limits: { memory: '1Mi' } } };

export default defineControl({
  id: 'ephemeral-storage-limit',
  area: 'workload',
  title: 'What each container may write to the disk of its node is bounded',
  rationale:
    'Logs and emptyDir volumes fill the disk of the node, which then evicts the pods on it, one after the other.',
  severity: 'low',
  remediation: 'Set resources.limits.ephemeral-storage for each container.',
  mappings: { recommendations: [], cis: [], attack: ['T1499'] },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: DECLARED_CONTAINERS,
      expression:
        'has(container.resources) && has(container.resources.limits) && "ephemeral-storage" in container.resources.limits',
      path: 'resources.limits.ephemeral-storage',
      message: 'What the container writes to the disk of its node is not bounded.',
    },
  ],
  examples: {
    good: [examplePod()],
    bad: [examplePod({}, UNBOUNDED), podWithInitContainer(UNBOUNDED)],
  },
});
