import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { absentOr, ON_WINDOWS, valueOr } from '../fields';
import { adjust, all, isOnWindows, secureEach, where, within } from '../remedies';

const BIND = 'NET_BIND_SERVICE';
const CAPABILITIES = 'container.securityContext.capabilities';

const validations = (exempt = ''): readonly Validation[] => [
  {
    forEach: CONTAINERS,
    expression: `${exempt}"ALL" in ${valueOr(`${CAPABILITIES}.drop`, '[]')}`,
    path: 'securityContext.capabilities.drop',
    message: 'The container keeps capabilities: it does not drop ALL.',
    showsValue: true,
  },
  {
    forEach: CONTAINERS,
    expression: `${exempt}${absentOr(`${CAPABILITIES}.add`, `${CAPABILITIES}.add.all(c, c == "NET_BIND_SERVICE")`)}`,
    path: 'securityContext.capabilities.add',
    message: 'The container adds a capability other than NET_BIND_SERVICE.',
    showsValue: true,
  },
];

export default defineControl({
  id: 'drop-capabilities',
  area: 'workload',
  title: 'Containers drop all capabilities',
  rationale:
    'Each capability that a container keeps is a part of root that an intruder in it has from the start.',
  severity: 'high',
  remediation: 'Set capabilities.drop: [ALL] for each container; add back NET_BIND_SERVICE at most.',
  mappings: {
    recommendations: ['POD-6'],
    cis: ['5.2.8', '5.2.9'],
    pss: { level: 'restricted', check: 'capabilities_restricted' },
    attack: ['T1611', 'T1068'],
  },
  kinds: POD_KINDS,
  since: '1.25',
  validations: validations(`${ON_WINDOWS} || `),
  earlier: [{ since: '1.22', validations: validations() }],
  remediate: where(
    (pod) => !isOnWindows(pod),
    secureEach(
      within(
        'capabilities',
        all(
          adjust('drop', (drop) => {
            if (!Array.isArray(drop)) return ['ALL'];
            return drop.includes('ALL') ? drop : [...(drop as unknown[]), 'ALL'];
          }),
          adjust('add', (add) => (Array.isArray(add) && add.some((name) => name !== BIND) ? undefined : add)),
        ),
      ),
    ),
  ),
  risk: 'A program that changes users or owners of files, or opens a port below 1024 on an old node, fails.',
  examples: {
    good: [
      examplePod(),
      examplePod({ os: { name: 'windows' } }, { securityContext: { capabilities: undefined } }),
      podWithSecurity({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } }),
    ],
    bad: [
      podWithSecurity({ capabilities: undefined }),
      podWithSecurity({ capabilities: { drop: ['NET_RAW'] } }),
      podWithSecurity({ capabilities: { drop: ['ALL'], add: ['CHOWN'] } }),
      podWithInit({ capabilities: undefined }),
    ],
  },
});
