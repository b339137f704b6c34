import { BASELINE_CAPABILITIES } from '../../../model';
import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { absentOr, oneOf } from '../fields';
import { adjust, secureEach, within } from '../remedies';

/** Whether a field is absent, or a list of nothing else than these. */
const isListOf = (list: unknown, names: readonly string[]): boolean =>
  !Array.isArray(list) || list.every((name) => names.includes(name as string));

export default defineControl({
  id: 'added-capabilities',
  area: 'workload',
  title: 'Containers add no capability beyond the usual ones',
  rationale:
    'Capabilities such as SYS_ADMIN, NET_ADMIN or NET_RAW are parts of root: they mount, sniff and spoof, and lead out of the container.',
  severity: 'high',
  remediation:
    'Leave out securityContext.capabilities.add; NET_BIND_SERVICE is the only one that remains allowed.',
  mappings: {
    recommendations: ['POD-6'],
    cis: ['5.2.8', '5.2.9'],
    pss: { level: 'baseline', check: 'capabilities_baseline' },
    attack: ['T1611', 'T1068'],
  },
  kinds: POD_KINDS,
  since: '1.0',
  validations: [
    {
      forEach: CONTAINERS,
      expression: absentOr(
        'container.securityContext.capabilities.add',
        `container.securityContext.capabilities.add.all(c, c in ${oneOf(BASELINE_CAPABILITIES)})`,
      ),
      path: 'securityContext.capabilities.add',
      message: 'The container adds a capability beyond the usual ones.',
      showsValue: true,
    },
  ],
  remediate: secureEach(
    within(
      'capabilities',
      adjust('add', (add) =>
        isListOf(add, BASELINE_CAPABILITIES)
          ? add
          : (add as string[]).filter((name) => BASELINE_CAPABILITIES.includes(name)),
      ),
    ),
  ),
  risk: 'The program may need the capability.',
  examples: {
    good: [examplePod(), podWithSecurity({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } })],
    bad: [
      podWithSecurity({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }),
      podWithInit({ capabilities: { drop: ['ALL'], add: ['CHOWN', 'SYS_ADMIN'] } }),
    ],
  },
});
