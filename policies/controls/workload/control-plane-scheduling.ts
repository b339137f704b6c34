import { defineControl } from '../../control';
import { examplePod } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { all, setFields } from '../remedies';

const RESERVED = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

interface Toleration {
  readonly key?: string;
}

/**
 * CEL: the scheduler put the pod on its node. Nobody else says so: the API server takes the status from those who make or
 * change a pod, so that one which is made with a node has none yet.
 */
const SCHEDULED =
  '(object.kind == "Pod" && has(object.status) && has(object.status.conditions) && object.status.conditions.exists(c, c.type == "PodScheduled" && c.status == "True"))';

export default defineControl({
  id: 'control-plane-scheduling',
  area: 'workload',
  title: 'Workloads stay away from the nodes of the control plane',
  rationale:
    'A pod on a node of the control plane that finds a way out stands next to etcd and the keys of the cluster.',
  severity: 'high',
  remediation: 'Leave out nodeName, the toleration of the control plane, and tolerations without a key.',
  mappings: { recommendations: ['NET-2'], cis: [], attack: ['T1610', 'T1611'] },
  kinds: POD_KINDS,
  validations: [
    {
      expression: `!has(variables.podSpec.tolerations) || variables.podSpec.tolerations.all(t, has(t.key) && !(t.key in ${JSON.stringify(['', ...RESERVED])}))`,
      path: 'tolerations',
      message: 'The pod may be put on a node of the control plane.',
    },
    {
      expression: `${valueOr('variables.podSpec.nodeName', '""')} == "" || ${SCHEDULED}`,
      path: 'nodeName',
      message: 'The pod names its node: no taint keeps it off the control plane.',
    },
  ],
  remediate: all(setFields({ nodeName: undefined }), (pod) => {
    const { tolerations, ...others } = pod as { tolerations?: readonly Toleration[] };
    if (tolerations === undefined) return pod;
    return { ...others, tolerations: tolerations.filter(({ key }) => key && !RESERVED.includes(key)) };
  }),
  risk: 'The pod may have to run on that node.',
  examples: {
    good: [examplePod(), examplePod({ tolerations: [{ key: 'gpu', operator: 'Exists' }] })],
    bad: [
      examplePod({ tolerations: [{ key: RESERVED[0], operator: 'Exists', effect: 'NoSchedule' }] }),
      examplePod({ tolerations: [{ operator: 'Exists' }] }),
      examplePod({ nodeName: 'control-plane-1' }),
    ],
  },
});
