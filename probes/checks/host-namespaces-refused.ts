import { defineProbe } from '../probe';
import { refusesBadExamples } from '../refusal';

export default defineProbe({
  id: 'host-namespaces-refused',
  recommendations: ['POD-5'],
  claim: 'No workload that shares a namespace, path or port with its node is admitted.',
  run: ({ client }) => refusesBadExamples(client, 'host-namespaces'),
});
