import { defineProbe } from '../probe';
import { refusesBadExamples } from '../refusal';

export default defineProbe({
  id: 'escalation-refused',
  recommendations: ['POD-6'],
  claim: 'No workload whose containers can gain privileges is admitted.',
  run: ({ client }) => refusesBadExamples(client, 'privilege-escalation'),
});
