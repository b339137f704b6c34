import { defineControl } from '../../control';
import { KINDS } from '../../kinds';

const secret = (type?: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'app', namespace: 'shop', annotations: { 'kubernetes.io/service-account.name': 'app' } },
  ...(type === undefined ? {} : { type }),
});

export default defineControl({
  id: 'service-account-token-secret',
  area: 'secrets',
  title: 'No Secret is an API token that never ends',
  rationale: 'Such a token works from anywhere until somebody deletes the Secret, whoever has copied it.',
  severity: 'high',
  remediation:
    'Mount a projected serviceAccountToken, or ask for a token with an end (kubectl create token).',
  mappings: { recommendations: ['AUTH-2', 'NET-6'], cis: [], attack: ['T1528', 'T1550.001'] },
  kinds: [KINDS.secret],
  validations: [
    {
      expression: '!has(object.type) || object.type != "kubernetes.io/service-account-token"',
      path: 'type',
      message: 'The Secret asks for an API token without an end.',
    },
  ],
  examples: {
    good: [secret(), secret('Opaque'), secret('kubernetes.io/tls')],
    bad: [secret('kubernetes.io/service-account-token')],
  },
});
