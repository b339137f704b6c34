import { defineProbe } from '../probe';
import { refusesBadExamples } from '../refusal';

export default defineProbe({
  id: 'privileged-refused',
  recommendations: ['POD-4'],
  claim: 'No workload with a privileged container is admitted.',
  run: ({ client }) => refusesBadExamples(client, 'privileged'),
});
