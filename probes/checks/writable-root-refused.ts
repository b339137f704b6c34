import { defineProbe } from '../probe';
import { refusesBadExamples } from '../refusal';

export default defineProbe({
  id: 'writable-root-refused',
  recommendations: ['POD-2'],
  claim: 'No workload that can write to its root file system is admitted in an ordinary namespace.',
  open: 'the namespaces of the system are exempt; no pod runs on a control plane without nodes, so no write is tried',
  run: ({ client }) => refusesBadExamples(client, 'read-only-root'),
});
