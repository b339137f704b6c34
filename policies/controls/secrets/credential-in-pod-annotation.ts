import { defineControl } from '../../control';
import { annotatedPod, examplePod } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { areNoCredentials, EXAMPLE_TOKEN } from '../credentials';

export default defineControl({
  id: 'credential-in-pod-annotation',
  area: 'secrets',
  title: 'No annotation of a pod holds a credential',
  rationale:
    'Annotations are read by everyone who may see the pod and by each program in it that asks for them, and are not encrypted at rest.',
  severity: 'high',
  remediation: 'Put the value into a Secret and mount it as a file.',
  mappings: { recommendations: ['NET-6'], cis: [], attack: ['T1552.001', 'T1552.007'] },
  kinds: POD_KINDS,
  validations: [
    {
      expression: `!has(variables.podMetadata.annotations) || ${areNoCredentials('variables.podMetadata.annotations')}`,
      path: '',
      message: 'An annotation of the pod holds a password, a private key or a token.',
    },
  ],
  examples: {
    good: [
      examplePod(),
      annotatedPod({ 'vault.example/auth-secret': 'database', 'example/allow-password': 'no' }),
      annotatedPod({ 'example/ask-password': 'false' }),
    ],
    bad: [
      annotatedPod({ 'example/db-password': 'example' }),
      annotatedPod({ 'example/note': EXAMPLE_TOKEN }),
    ],
  },
});
