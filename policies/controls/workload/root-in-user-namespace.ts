import { defineControl } from '../../control';
import { CONTAINERS } from '../../elements';
import { exampleContainer, examplePod } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { IN_USER_NAMESPACE, valueOr } from '../fields';
import {
  all,
  inSecurity,
  isInUserNamespace,
  replace,
  secureEach,
  setFields,
  someInherit,
  where,
} from '../remedies';

const POD = 'variables.podSpec.securityContext';
const CONTAINER = 'container.securityContext';
const IN_USERNS = { hostUsers: false };

export default defineControl({
  id: 'root-in-user-namespace',
  area: 'workload',
  title: 'Containers in a user namespace do not run as root either',
  rationale:
    'A user namespace makes root of the pod an ordinary user of the node. In the pod it still owns the files of the image and the volumes, and reaches parts of the kernel that others do not.',
  severity: 'medium',
  remediation: 'Set runAsNonRoot: true and no runAsUser of 0 next to hostUsers: false.',
  mappings: { recommendations: ['POD-1', 'POD-6'], cis: ['5.2.7'], attack: ['T1611', 'T1068'] },
  kinds: POD_KINDS,
  validations: [
    {
      forEach: CONTAINERS,
      expression: `!(${IN_USER_NAMESPACE}) || ${valueOr(`${CONTAINER}.runAsNonRoot`, valueOr(`${POD}.runAsNonRoot`, 'false'))}`,
      path: 'securityContext.runAsNonRoot',
      message: 'The container may run as root of its user namespace: runAsNonRoot is not true for it.',
      showsValue: true,
    },
    {
      forEach: CONTAINERS,
      expression: `!(${IN_USER_NAMESPACE}) || ${valueOr(`${CONTAINER}.runAsUser`, valueOr(`${POD}.runAsUser`, '1'))} != 0`,
      path: 'securityContext.runAsUser',
      message: 'The container runs as root of its user namespace: its runAsUser is 0.',
    },
  ],
  remediate: where(
    isInUserNamespace,
    all(
      secureEach(all(replace(['runAsNonRoot'], false), replace(['runAsUser'], 0))),
      where((pod) => someInherit(pod, 'runAsNonRoot'), inSecurity(setFields({ runAsNonRoot: true }))),
      where((pod) => someInherit(pod, 'runAsUser'), inSecurity(replace(['runAsUser'], 0))),
    ),
  ),
  risk: 'A container does not start if its image runs as root and nothing names another user.',
  absence: 'ask',
  examples: {
    good: [examplePod(IN_USERNS), examplePod({ ...IN_USERNS, securityContext: { runAsUser: 10001 } })],
    bad: [
      examplePod({ ...IN_USERNS, securityContext: { runAsNonRoot: false } }),
      examplePod({ ...IN_USERNS, securityContext: { runAsUser: 0 } }),
      examplePod({
        ...IN_USERNS,
        initContainers: [exampleContainer({ name: 'init', securityContext: { runAsUser: 0 } })],
      }),
    ],
  },
});
