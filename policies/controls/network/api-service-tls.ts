import { defineControl } from '../../control';
import { apiVersionOf, KINDS } from '../../kinds';
import { valueOr } from '../fields';

const apiService = (spec: object) => ({
  apiVersion: apiVersionOf(KINDS.apiService),
  kind: 'APIService',
  metadata: { name: 'v1.metrics.example' },
  spec: { group: 'metrics.example', version: 'v1', groupPriorityMinimum: 100, versionPriority: 100, ...spec },
});

export default defineControl({
  id: 'api-service-tls',
  area: 'network',
  title: 'The API server verifies the servers that extend it',
  rationale:
    'Without verification whoever stands in the way answers in the name of the API server, and sees who asks.',
  severity: 'high',
  remediation: 'Leave out insecureSkipTLSVerify and give the authority of the server in caBundle.',
  mappings: { recommendations: ['NET-4'], cis: [], attack: ['T1190'] },
  kinds: [KINDS.apiService],
  validations: [
    {
      expression: `${valueOr('object.spec.insecureSkipTLSVerify', 'false')} == false`,
      path: 'spec.insecureSkipTLSVerify',
      message: 'The API server does not verify the server that it asks.',
    },
  ],
  examples: {
    good: [
      apiService({}),
      apiService({ service: { name: 'metrics', namespace: 'monitoring' }, caBundle: 'Q0E=' }),
    ],
    bad: [apiService({ service: { name: 'metrics', namespace: 'monitoring' }, insecureSkipTLSVerify: true })],
  },
});
