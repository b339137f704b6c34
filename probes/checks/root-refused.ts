import { defineProbe } from '../probe';
import { refusesBadExamples } from '../refusal';

export default defineProbe({
  id: 'root-refused',
  recommendations: ['POD-1'],
  claim: 'No workload that may run as root is admitted.',
  run: ({ client }) => refusesBadExamples(client, 'run-as-non-root'),
});
