import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podSecurity, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { absentOr, ON_WINDOWS, oneOf, present, valueOr } from '../fields';
import { adjust, all, FILTERED, inSecurity, isOnWindows, secureEach, someInherit, where } from '../remedies';

const POD = 'variables.podSpec.securityContext.seccompProfile';
const CONTAINER = 'container.securityContext.seccompProfile';
const filtered = (path: string): string =>
  `${valueOr(`${path}.type`, '""')} in ${oneOf(['RuntimeDefault', 'Localhost'])}`;

const validations = (exempt = ''): readonly Validation[] => [
  {
    expression: `${exempt}${absentOr(POD, filtered(POD))}`,
    path: 'securityContext.seccompProfile.type',
    message: 'The pod runs without a filter of system calls.',
    showsValue: true,
  },
  {
    forEach: CONTAINERS,
    expression: `${exempt}(${present(CONTAINER)} ? ${filtered(CONTAINER)} : ${filtered(POD)})`,
    path: 'securityContext.seccompProfile.type',
    message: 'The container runs without a filter of system calls: neither it nor its pod asks for one.',
    showsValue: true,
  },
];

export default defineControl({
  id: 'seccomp-profile',
  area: 'workload',
  title: 'The system calls of each container are filtered',
  rationale:
    'Without a profile a container may make any system call, and each is a part of the kernel to attack.',
  severity: 'medium',
  remediation: 'Set securityContext.seccompProfile.type: RuntimeDefault for the pod.',
  mappings: {
    recommendations: ['POD-7'],
    cis: ['5.6.2'],
    pss: { level: 'restricted', check: 'seccompprofile_restricted' },
    attack: ['T1611', 'T1068'],
  },
  kinds: POD_KINDS,
  since: '1.25',
  validations: validations(`${ON_WINDOWS} || `),
  earlier: [{ since: '1.19', validations: validations() }],
  remediate: where(
    (pod) => !isOnWindows(pod),
    all(
      inSecurity(FILTERED),
      secureEach(FILTERED),
      where(
        (pod) => someInherit(pod, 'seccompProfile'),
        inSecurity(adjust('seccompProfile', (profile) => profile ?? { type: 'RuntimeDefault' })),
      ),
    ),
  ),
  risk: 'A system call that the program needs may be refused.',
  examples: {
    good: [
      examplePod(),
      examplePod({ os: { name: 'windows' }, securityContext: { seccompProfile: undefined } }),
      examplePod(
        { securityContext: { seccompProfile: undefined } },
        { securityContext: { seccompProfile: { type: 'Localhost', localhostProfile: 'app.json' } } },
      ),
    ],
    bad: [
      podSecurity({ seccompProfile: undefined }),
      examplePod(
        { securityContext: { seccompProfile: { type: 'Unconfined' } } },
        { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
      ),
      podWithSecurity({ seccompProfile: { type: 'Unconfined' } }),
      podWithInit({ seccompProfile: { type: 'Unconfined' } }),
    ],
  },
});
