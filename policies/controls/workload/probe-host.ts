import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInitContainer } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { inContainers, setFields, where, within, all, type Remedy } from '../remedies';

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const HOOKS = ['postStart', 'preStop'];
const ACTIONS = ['httpGet', 'tcpSocket'];

const noHost = (handlers: readonly string[], path: string, message: string): Validation => ({
  forEach: CONTAINERS,
  expression: handlers
    .flatMap((handler) => ACTIONS.map((action) => `container.${handler}.${action}.host`))
    .map((host) => `${valueOr(host, '""')} == ""`)
    .join(' && '),
  path,
  message,
});

/** A remedy for a field, where it is there. */
const ifThere = (field: string, remedy: Remedy): Remedy =>
  where((target) => target[field] !== undefined, within(field, remedy));
const withoutHost = all(...ACTIONS.map((action) => ifThere(action, setFields({ host: undefined }))));

export default defineControl({
  id: 'probe-host',
  area: 'workload',
  title: 'Probes and lifecycle hooks call no other host than their pod',
  rationale:
    'The kubelet makes these calls from the node: with a host of their own they reach what the pod may not.',
  severity: 'high',
  remediation: 'Leave out host in the httpGet and tcpSocket of probes and lifecycle hooks.',
  mappings: {
    recommendations: ['POD-5', 'NET-5'],
    cis: [],
    pss: { level: 'baseline', check: 'hostprobesandhostlifecycle' },
    attack: ['T1046'],
  },
  kinds: POD_KINDS,
  since: '1.34',
  validations: [
    noHost(PROBES, '', 'A probe of the container calls another host than its pod.'),
    noHost(
      HOOKS.map((hook) => `lifecycle.${hook}`),
      'lifecycle',
      'A lifecycle hook of the container calls another host than its pod.',
    ),
  ],
  remediate: inContainers(
    all(
      ...PROBES.map((probe) => ifThere(probe, withoutHost)),
      ifThere('lifecycle', all(...HOOKS.map((hook) => ifThere(hook, withoutHost)))),
    ),
  ),
  risk: 'The probe asks the pod itself instead of that host.',
  examples: {
    good: [examplePod({}, { readinessProbe: { httpGet: { port: 8080 } } })],
    bad: [
      examplePod({}, { readinessProbe: { httpGet: { port: 8080, host: '10.0.0.1' } } }),
      podWithInitContainer({ restartPolicy: 'Always', startupProbe: { tcpSocket: { port: 1, host: 'db' } } }),
      examplePod({}, { lifecycle: { preStop: { httpGet: { port: 8080, host: '169.254.169.254' } } } }),
    ],
  },
});
