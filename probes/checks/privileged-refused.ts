import { defineProbe } from '../probe';
import { refusesBadExamples } from '../refusal';

export default defineProbe({
  id: 'privileged-refused',
  recommendations: ['POD-4'],
  claim: 'No workload with a privileged container is admitted.',
  open: 'an ephemeral container is not tried, for lack of a running pod',
  run: ({ client }) => refusesBadExamples(client, 'privileged'),
});
