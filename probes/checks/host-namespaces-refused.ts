import { defineProbe } from '../probe';
import { refusesBadExamples } from '../refusal';

export default defineProbe({
  id: 'host-namespaces-refused',
  recommendations: ['POD-5'],
  claim:
    'No workload that shares a namespace, path or port with its node is admitted in an ordinary namespace.',
  open: 'the namespaces of the system are exempt; refusal at synth and at preview is shown by the tests, not by this probe',
  run: ({ client }) => refusesBadExamples(client, 'host-namespaces', 'host-path', 'host-ports'),
});
