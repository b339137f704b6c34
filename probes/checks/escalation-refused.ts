import { defineProbe } from '../probe';
import { refusesBadExamples } from '../refusal';

export default defineProbe({
  id: 'escalation-refused',
  recommendations: ['POD-6'],
  claim:
    'No workload whose containers can gain privileges, or keep capabilities, is admitted in an ordinary namespace.',
  open: 'the namespaces of the system are exempt; no pod runs on a control plane without nodes, so a setuid program is not tried',
  run: ({ client }) =>
    refusesBadExamples(client, 'privilege-escalation', 'added-capabilities', 'drop-capabilities'),
});
