import { defineControl } from '../../control';
import { DECLARED_CONTAINERS } from '../../elements';
import { examplePod, podWithInitContainer } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { present } from '../fields';

/** A limit counts as a request, because the API server makes one of it. */
const reserved = (resource: string) => ({
  forEach: DECLARED_CONTAINERS,
  expression: ['container', 'variables.podSpec']
    .flatMap((root) =>
      ['requests', 'limits'].map((list) => `(${present(`${root}.resources.${list}.${resource}`)})`),
    )
    .join(' || '),
  path: `resources.requests.${resource}`,
  message: `The container reserves no ${resource}.`,
});

const LIMITS = { 'ephemeral-storage': '64Mi' };

export default defineControl({
  id: 'resource-requests',
  area: 'workload',
  title: 'Each container says how much CPU and memory it needs',
  rationale:
    'The scheduler puts any number of containers that reserve nothing on one node, and one of them starves the others.',
  severity: 'low',
  remediation: 'Set resources.requests.cpu and resources.requests.memory for each container, or for the pod.',
  mappings: { recommendations: [], cis: [], attack: ['T1499', 'T1496'] },
  kinds: POD_KINDS,
  validations: [reserved('cpu'), reserved('memory')],
  examples: {
    good: [examplePod(), examplePod({}, { resources: { limits: { cpu: '1', memory: '1Mi', ...LIMITS } } })],
    bad: [
      examplePod({}, { resources: { limits: { memory: '1Mi', ...LIMITS } } }),
      podWithInitContainer({ resources: { limits: { memory: '1Mi', ...LIMITS } } }),
      examplePod({}, { resources: { requests: { cpu: '1' }, limits: LIMITS } }),
    ],
  },
});
