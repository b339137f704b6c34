import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { IN_USER_NAMESPACE, valueOr } from '../fields';
import { adjust, isInUserNamespace, secureEach, where } from '../remedies';

const validations = (exempt = ''): readonly Validation[] => [
  {
    forEach: CONTAINERS,
    expression: `${exempt}${valueOr('container.securityContext.procMount', '"Default"')} == "Default"`,
    path: 'securityContext.procMount',
    message: 'The container sees parts of /proc that are hidden otherwise, outside of a user namespace.',
    showsValue: true,
  },
];

export default defineControl({
  id: 'proc-mount',
  area: 'workload',
  title: 'Outside of a user namespace the hidden parts of /proc stay hidden',
  rationale: 'The hidden parts of /proc tell of the kernel of the node and change its settings.',
  severity: 'high',
  remediation: 'Leave out securityContext.procMount.',
  mappings: {
    recommendations: ['POD-6'],
    cis: [],
    pss: { level: 'baseline', check: 'procmount' },
    attack: ['T1611'],
  },
  kinds: POD_KINDS,
  since: '1.35',
  validations: validations(`${IN_USER_NAMESPACE} || `),
  earlier: [{ since: '1.0', validations: validations() }],
  remediate: where(
    (pod) => !isInUserNamespace(pod),
    secureEach(adjust('procMount', (mount) => (mount === 'Default' ? mount : undefined))),
  ),
  risk: 'A container that starts containers may need all of /proc.',
  examples: {
    good: [
      examplePod(),
      examplePod({ hostUsers: false }, { securityContext: { procMount: 'Unmasked' } }),
      podWithSecurity({ procMount: 'Default' }),
    ],
    bad: [podWithSecurity({ procMount: 'Unmasked' }), podWithInit({ procMount: 'Unmasked' })],
  },
});
