import { defineControl } from '../../control';
import { DECLARED_CONTAINERS } from '../../elements';
import { examplePod, podWithInitContainer } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { present } from '../fields';

export default defineControl({
  id: 'memory-limit',
  area: 'workload',
  title: 'The memory of each container is bounded',
  rationale: 'A container without a bound takes the memory of its node, and the kernel ends its neighbours.',
  severity: 'medium',
  remediation: 'Set resources.limits.memory for each container, or for the pod.',
  mappings: { recommendations: [], cis: [], attack: ['T1499', 'T1496'] },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: DECLARED_CONTAINERS,
      expression: `(${present('container.resources.limits.memory')}) || (${present('variables.podSpec.resources.limits.memory')})`,
      path: 'resources.limits.memory',
      message: 'The memory of the container is not bounded.',
    },
  ],
  examples: {
    good: [
      examplePod(),
      examplePod(
        { resources: { limits: { memory: '1Gi' } } },
        { resources: { requests: { cpu: '1', memory: '1Mi' }, limits: { 'ephemeral-storage': '1Mi' } } },
      ),
    ],
    bad: [
      examplePod(
        {},
        { resources: { requests: { cpu: '1', memory: '1Mi' }, limits: { 'ephemeral-storage': '1Mi' } } },
      ),
      podWithInitContainer({
        resources: { requests: { cpu: '1', memory: '1Mi' }, limits: { 'ephemeral-storage': '1Mi' } },
      }),
    ],
  },
});
