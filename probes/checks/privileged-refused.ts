import { defineProbe } from '../probe';
import { refusesBadExamples } from '../refusal';

export default defineProbe({
  id: 'privileged-refused',
  recommendations: ['POD-4'],
  claim: 'No workload with a privileged container is admitted in an ordinary namespace.',
  open: 'the namespaces of the system are exempt; an ephemeral container is not tried, for lack of a running pod',
  run: ({ client }) => refusesBadExamples(client, 'privileged'),
});
