import { defineControl } from '../../control';
import { examplePod } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { all, inContainers, inList, replace, setFields, where } from '../remedies';

const notShared = (field: string, what: string) => ({
  expression: `${valueOr(`variables.podSpec.${field}`, 'false')} == false`,
  path: field,
  message: `The pod shares the ${what} namespace of its node.`,
});

/** In the host network the API server fills in hostPort by itself, and `host-ports` lets it: outside it would be a port of the node. */
const withoutFilledInPorts = where(
  ({ hostNetwork }) => hostNetwork === true,
  inContainers(
    inList(
      'ports',
      where(({ hostPort, containerPort }) => hostPort === containerPort, setFields({ hostPort: undefined })),
    ),
  ),
);

export default defineControl({
  id: 'host-namespaces',
  area: 'workload',
  title: 'Pods share no namespace with their node',
  rationale:
    'The host network reaches what network policies protect, the host process table shows every secret on a command line, and host IPC the shared memory of other programs.',
  severity: 'critical',
  remediation: 'Leave out hostNetwork, hostPID and hostIPC.',
  mappings: {
    recommendations: ['POD-5'],
    cis: ['5.2.3', '5.2.4', '5.2.5'],
    pss: { level: 'baseline', check: 'hostnamespaces' },
    attack: ['T1611', 'T1046'],
  },
  kinds: POD_KINDS,
  since: '1.0',
  validations: [
    notShared('hostNetwork', 'network'),
    notShared('hostPID', 'process'),
    notShared('hostIPC', 'IPC'),
  ],
  remediate: all(withoutFilledInPorts, replace(['hostNetwork', 'hostPID', 'hostIPC'], true)),
  risk: 'The program may need the network or the processes of its node.',
  examples: {
    good: [examplePod(), examplePod({ hostNetwork: false, hostPID: false, hostIPC: false })],
    bad: [examplePod({ hostNetwork: true }), examplePod({ hostPID: true }), examplePod({ hostIPC: true })],
  },
});
