import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInitContainer } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { inContainers, inList, setFields, where } from '../remedies';

/** In the host network the API server fills in hostPort by itself; host-namespaces refuses such a pod. */
const FILLED_IN = `(${valueOr('variables.podSpec.hostNetwork', 'false')} && p.hostPort == p.containerPort)`;

export default defineControl({
  id: 'host-ports',
  area: 'workload',
  title: 'Containers open no port of their node',
  rationale:
    'A port of the node is reached past the network policies of the namespace, and can stand in for a program of the node.',
  severity: 'high',
  remediation: 'Leave out hostPort and put a Service in front of the pod.',
  mappings: {
    recommendations: ['POD-5'],
    cis: ['5.2.12'],
    pss: { level: 'baseline', check: 'hostports' },
    attack: ['T1133'],
  },
  kinds: POD_KINDS,
  since: '1.0',
  validations: [
    {
      forEach: CONTAINERS,
      expression: `!has(container.ports) || container.ports.all(p, !has(p.hostPort) || p.hostPort == 0 || ${FILLED_IN})`,
      path: 'ports',
      message: 'The container opens a port of its node.',
    },
  ],
  remediate: (pod) =>
    inContainers(
      inList(
        'ports',
        where(
          ({ hostPort, containerPort }) =>
            hostPort !== 0 && !(pod.hostNetwork === true && hostPort === containerPort),
          setFields({ hostPort: undefined }),
        ),
      ),
    )(pod),
  risk: 'Whoever calls the port of the node no longer reaches the container.',
  examples: {
    good: [
      examplePod({}, { ports: [{ containerPort: 8080 }] }),
      examplePod({}, { ports: [{ containerPort: 8080, hostPort: 0 }] }),
    ],
    bad: [
      examplePod({}, { ports: [{ containerPort: 8080, hostPort: 8080 }] }),
      podWithInitContainer({ ports: [{ containerPort: 8080 }, { containerPort: 8081, hostPort: 9000 }] }),
    ],
  },
});
