import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInitContainer } from '../../example-pod';
import { POD_KINDS } from '../../kinds';

export default defineControl({
  id: 'secret-in-environment',
  area: 'secrets',
  title: 'Secrets reach containers as files',
  rationale:
    'The environment of a process is passed on to every program that it starts, and ends up in crash reports and logs.',
  severity: 'low',
  remediation: 'Mount the Secret as a read-only volume and read the file.',
  mappings: { recommendations: ['NET-6'], cis: ['5.4.1'], attack: ['T1552.007'] },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: CONTAINERS,
      expression:
        '!has(container.env) || container.env.all(e, !has(e.valueFrom) || !has(e.valueFrom.secretKeyRef))',
      path: 'env',
      message: 'An environment variable is taken from a Secret.',
    },
    {
      forEach: CONTAINERS,
      expression: '!has(container.envFrom) || container.envFrom.all(e, !has(e.secretRef))',
      path: 'envFrom',
      message: 'All values of a Secret become environment variables.',
    },
  ],
  examples: {
    good: [
      examplePod({}, { envFrom: [{ configMapRef: { name: 'settings' } }] }),
      examplePod({ volumes: [{ name: 'database', secret: { secretName: 'database' } }] }),
    ],
    bad: [
      examplePod({}, { env: [{ name: 'P', valueFrom: { secretKeyRef: { name: 'database', key: 'p' } } }] }),
      podWithInitContainer({ envFrom: [{ secretRef: { name: 'database' } }] }),
    ],
  },
});
