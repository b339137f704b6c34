import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podSecurity, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { all, inContainers, inSecurity, replace, within } from '../remedies';

const HOST_PROCESS = { windowsOptions: { hostProcess: true } };

const validation = (root: string): Validation => ({
  expression: `${valueOr(`${root}.securityContext.windowsOptions.hostProcess`, 'false')} == false`,
  path: 'securityContext.windowsOptions.hostProcess',
  message: 'hostProcess is true: it runs as a process of a Windows node.',
});

const notOnHost = inSecurity(within('windowsOptions', replace(['hostProcess'], true, false)));

export default defineControl({
  id: 'windows-host-process',
  area: 'workload',
  title: 'No container is a process of a Windows node',
  rationale: 'A HostProcess container has no isolation: who controls it controls the node.',
  severity: 'critical',
  remediation: 'Leave out windowsOptions.hostProcess, or set it to false.',
  mappings: {
    recommendations: ['POD-4'],
    cis: ['5.2.10'],
    pss: { level: 'baseline', check: 'windowshostprocess' },
    attack: ['T1610', 'T1611'],
  },
  kinds: POD_KINDS,
  since: '1.0',
  validations: [validation('variables.podSpec'), { ...validation('container'), forEach: CONTAINERS }],
  remediate: all(notOnHost, inContainers(notOnHost)),
  risk: 'The program may have to manage its node.',
  examples: {
    good: [examplePod(), podWithSecurity({ windowsOptions: { hostProcess: false } })],
    bad: [podSecurity(HOST_PROCESS), podWithSecurity(HOST_PROCESS), podWithInit(HOST_PROCESS)],
  },
});
