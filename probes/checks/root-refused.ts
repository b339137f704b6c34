import { defineProbe } from '../probe';
import { refusesBadExamples } from '../refusal';

export default defineProbe({
  id: 'root-refused',
  recommendations: ['POD-1'],
  claim: 'No workload that may run as root is admitted in an ordinary namespace.',
  open: 'the namespaces of the system are exempt; no pod runs on a control plane without nodes, so the uid of a running one is not seen',
  run: ({ client }) => refusesBadExamples(client, 'run-as-non-root', 'root-user', 'root-in-user-namespace'),
});
