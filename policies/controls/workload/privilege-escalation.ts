import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { ON_WINDOWS, valueOr } from '../fields';
import { adjust, all, isOnWindows, replace, secureEach, setFields, where, within } from '../remedies';

const validations = (exempt = ''): readonly Validation[] => [
  {
    forEach: CONTAINERS,
    expression: `${exempt}${valueOr('container.securityContext.allowPrivilegeEscalation', 'true')} == false`,
    path: 'securityContext.allowPrivilegeEscalation',
    message: 'The container may gain privileges: allowPrivilegeEscalation is not false for it.',
    showsValue: true,
  },
];

const SYS_ADMIN = ['SYS_ADMIN', 'CAP_SYS_ADMIN'];

const withoutSysAdmin = (add: unknown): unknown =>
  Array.isArray(add) && add.some((name) => SYS_ADMIN.includes(name as string))
    ? add.filter((name) => !SYS_ADMIN.includes(name as string))
    : add;

export default defineControl({
  id: 'privilege-escalation',
  area: 'workload',
  title: 'No container can gain privileges',
  rationale: 'A setuid program in the image turns an ordinary process into one that can attack the node.',
  severity: 'high',
  remediation: 'Set allowPrivilegeEscalation: false for each container.',
  mappings: {
    recommendations: ['POD-6'],
    cis: ['5.2.6'],
    pss: { level: 'restricted', check: 'allowprivilegeescalation' },
    attack: ['T1611', 'T1068'],
  },
  kinds: POD_KINDS,
  since: '1.25',
  validations: validations(`${ON_WINDOWS} || `),
  earlier: [{ since: '1.8', validations: validations() }],
  remediate: where(
    (pod) => !isOnWindows(pod),
    secureEach(
      where(
        ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation !== false,
        // The API takes no container that may not gain privileges and has all of them.
        all(
          setFields({ allowPrivilegeEscalation: false }),
          replace(['privileged'], true),
          within('capabilities', adjust('add', withoutSysAdmin)),
        ),
      ),
    ),
  ),
  risk: 'Setuid programs, such as sudo and ping, gain nothing.',
  examples: {
    good: [
      examplePod(),
      examplePod({ os: { name: 'windows' } }, { securityContext: { allowPrivilegeEscalation: undefined } }),
    ],
    bad: [
      examplePod({ os: { name: 'linux' } }, { securityContext: { allowPrivilegeEscalation: true } }),
      podWithSecurity({ allowPrivilegeEscalation: true }),
      podWithSecurity({ allowPrivilegeEscalation: undefined }),
      podWithInit({ allowPrivilegeEscalation: true }),
    ],
  },
});
