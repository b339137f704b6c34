import { defineControl } from '../../control';
import { CONTAINERS, VOLUMES } from '../../elements';
import { POD_KINDS } from '../../kinds';
import { examplePod } from '../../example-pod';

export default defineControl({
  id: 'host-namespaces',
  area: 'workload',
  title: 'Pods share no namespace, path or port with their node',
  rationale:
    'The host network reaches what network policies protect, the host process table shows every secret on a command line, and a host path is a way to the files of the node.',
  severity: 'critical',
  remediation: 'Leave out hostNetwork, hostPID, hostIPC, hostPath volumes and hostPort.',
  mappings: {
    recommendations: ['POD-5'],
    cis: ['5.2.3', '5.2.4', '5.2.5', '5.2.12', '5.2.13'],
    attack: ['T1611'],
  },
  kinds: POD_KINDS,
  validations: [
    {
      expression:
        '(!has(variables.podSpec.hostNetwork) || variables.podSpec.hostNetwork == false) && (!has(variables.podSpec.hostPID) || variables.podSpec.hostPID == false) && (!has(variables.podSpec.hostIPC) || variables.podSpec.hostIPC == false)',
      path: 'hostNetwork',
      message: 'The pod shares the network, process or IPC namespace of its node.',
    },
    {
      forEach: VOLUMES,
      expression: '!has(volume.hostPath)',
      path: 'hostPath',
      message: 'The pod mounts a path of its node.',
    },
    {
      forEach: CONTAINERS,
      expression: '!has(container.ports) || container.ports.all(p, !has(p.hostPort) || p.hostPort == 0)',
      path: 'ports',
      message: 'A container opens a port of its node.',
    },
  ],
  examples: {
    good: [
      examplePod({ hostNetwork: false }, { ports: [{ containerPort: 8080 }] }),
      examplePod({ volumes: [{ name: 'v', emptyDir: {} }] }),
    ],
    bad: [
      examplePod({ hostNetwork: true }),
      examplePod({ hostPID: true }),
      examplePod({ hostIPC: true }),
      examplePod({ volumes: [{ name: 'v', hostPath: { path: '/etc' } }] }),
      examplePod({}, { ports: [{ containerPort: 8080, hostPort: 8080 }] }),
    ],
  },
});
