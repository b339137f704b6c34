import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { replace, secureEach } from '../remedies';

export default defineControl({
  id: 'privileged',
  area: 'workload',
  title: 'No container is privileged',
  rationale:
    'A privileged container has every capability and device of its node: who controls it controls the node.',
  severity: 'critical',
  remediation: 'Leave out securityContext.privileged, or set it to false.',
  mappings: {
    recommendations: ['POD-4'],
    cis: ['5.2.2'],
    pss: { level: 'baseline', check: 'privileged' },
    attack: ['T1610', 'T1611'],
  },
  kinds: POD_KINDS,
  since: '1.0',
  validations: [
    {
      forEach: CONTAINERS,
      expression: `${valueOr('container.securityContext.privileged', 'false')} == false`,
      path: 'securityContext.privileged',
      message: 'The container is privileged.',
      showsValue: true,
    },
  ],
  remediate: secureEach(replace(['privileged'], true, false)),
  risk: 'The program may need devices or all capabilities.',
  examples: {
    good: [examplePod(), podWithSecurity({ privileged: false })],
    // The API itself refuses a privileged container that may not gain privileges, hence the second setting.
    bad: [
      podWithSecurity({ privileged: true, allowPrivilegeEscalation: true }),
      podWithInit({ privileged: true, allowPrivilegeEscalation: true }),
    ],
  },
});
