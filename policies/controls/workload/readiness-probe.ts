import { defineControl } from '../../control';
import { DECLARED_CONTAINERS } from '../../elements';
import { examplePod } from '../../example-pod';
import { POD_KINDS } from '../../kinds';

const PORTS = { ports: [{ containerPort: 8080 }] };

/** Kinds whose pods run on and may be called; what runs to its end serves nobody. */
const SERVING = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController'];

export default defineControl({
  id: 'readiness-probe',
  area: 'workload',
  title: 'A container that serves a port says when it is ready',
  rationale:
    'Without a probe callers are sent to pods that cannot answer yet, and a rollout of a security patch that fails goes on until nothing answers.',
  severity: 'low',
  remediation: 'Add a readinessProbe to the container, or leave out ports that it does not serve.',
  mappings: { recommendations: ['UPG-1'], cis: [], attack: [] },
  kinds: POD_KINDS.filter(({ kind }) => SERVING.includes(kind)),
  validations: [
    {
      forEach: { ...DECLARED_CONTAINERS, lists: ['containers'] },
      expression: '!has(container.ports) || size(container.ports) == 0 || has(container.readinessProbe)',
      path: 'readinessProbe',
      message: 'The container opens ports and has no readinessProbe.',
    },
  ],
  examples: {
    good: [examplePod(), examplePod({}, { ...PORTS, readinessProbe: { tcpSocket: { port: 8080 } } })],
    bad: [examplePod({}, PORTS)],
  },
});
