import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, exampleContainer, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { adjust, secureEach } from '../remedies';

const UNMASKED = { securityContext: { procMount: 'Unmasked' } };

export default defineControl({
  id: 'proc-mount-default',
  area: 'workload',
  title: 'The hidden parts of /proc stay hidden in user namespaces, too',
  rationale:
    'A user namespace keeps root of the pod from being root of the node, and still shares the kernel that /proc describes.',
  severity: 'medium',
  remediation: 'Leave out securityContext.procMount.',
  mappings: {
    recommendations: ['POD-6'],
    cis: [],
    pss: { level: 'restricted', check: 'procmount_restricted' },
    attack: ['T1611'],
  },
  kinds: POD_KINDS,
  since: '1.35',
  validations: [
    {
      forEach: CONTAINERS,
      expression: `${valueOr('container.securityContext.procMount', '"Default"')} == "Default"`,
      path: 'securityContext.procMount',
      message: 'The container sees parts of /proc that are hidden otherwise.',
      showsValue: true,
    },
  ],
  remediate: secureEach(adjust('procMount', (mount) => (mount === 'Default' ? mount : undefined))),
  risk: 'A container that starts containers may need all of /proc.',
  examples: {
    good: [examplePod({ hostUsers: false }), podWithSecurity({ procMount: 'Default' })],
    bad: [
      examplePod({ hostUsers: false }, UNMASKED),
      examplePod({ hostUsers: false, initContainers: [exampleContainer({ name: 'init', ...UNMASKED })] }),
    ],
  },
});
