import { defineControl } from '../../control';
import { examplePod } from '../../example-pod';
import { POD_KINDS } from '../../kinds';

const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'app-5d4f8', uid: '1', controller: true };

export default defineControl({
  id: 'bare-pod',
  area: 'workload',
  title: 'Pods belong to something that replaces them',
  rationale:
    'A pod that nobody replaces is gone with its node, is never rolled out anew with a patched image, and is what an intruder leaves behind.',
  severity: 'low',
  remediation: 'Declare a Deployment, StatefulSet, DaemonSet, Job or CronJob instead.',
  mappings: { recommendations: ['UPG-1', 'UPG-3'], cis: [], attack: ['T1610'] },
  kinds: POD_KINDS.filter(({ kind }) => kind === 'Pod'),
  validations: [
    {
      expression: 'has(object.metadata.ownerReferences) && size(object.metadata.ownerReferences) > 0',
      path: 'metadata.ownerReferences',
      message: 'The pod belongs to nothing that would replace it.',
    },
  ],
  examples: {
    good: [{ metadata: { ownerReferences: [OWNER] }, spec: examplePod() }],
    bad: [{ metadata: { ownerReferences: [] }, spec: examplePod() }],
  },
});
