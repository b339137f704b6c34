import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podSecurity, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { IN_USER_NAMESPACE, valueOr } from '../fields';
import type { Example } from '../../subjects';
import {
  all,
  inContainers,
  inSecurity,
  isInUserNamespace,
  replace,
  secureEach,
  setFields,
  someInherit,
  where,
  within,
} from '../remedies';

const POD = 'variables.podSpec.securityContext.runAsNonRoot';

const validations = (exempt = ''): readonly Validation[] => [
  {
    expression: `${exempt}${valueOr(POD, 'true')}`,
    path: 'securityContext.runAsNonRoot',
    message: 'The pod lets its containers run as root: runAsNonRoot is false.',
    showsValue: true,
  },
  {
    forEach: CONTAINERS,
    expression: `${exempt}${valueOr('container.securityContext.runAsNonRoot', valueOr(POD, 'false'))}`,
    path: 'securityContext.runAsNonRoot',
    message: 'The container may run as root: runAsNonRoot is not true for it.',
    showsValue: true,
  },
];

const notRoot = replace(['runAsUser'], 0);

const saysNonRoot = ({ securityContext }: Example): boolean =>
  (securityContext as Example | undefined)?.runAsNonRoot === true;

export default defineControl({
  id: 'run-as-non-root',
  area: 'workload',
  title: 'Containers run as another user than root',
  rationale: 'A process that is root in its container is root on the node as soon as it finds a way out.',
  severity: 'high',
  remediation: 'Set runAsNonRoot: true for the pod or for each container.',
  mappings: {
    recommendations: ['POD-1', 'POD-6'],
    cis: ['5.2.7'],
    pss: { level: 'restricted', check: 'runasnonroot' },
    attack: ['T1611'],
  },
  kinds: POD_KINDS,
  since: '1.35',
  validations: validations(`${IN_USER_NAMESPACE} || `),
  earlier: [{ since: '1.0', validations: validations() }],
  remediate: where(
    (pod) => !isInUserNamespace(pod),
    all(
      secureEach(replace(['runAsNonRoot'], false)),
      inSecurity(replace(['runAsNonRoot'], false, true)),
      where(
        (pod) => someInherit(pod, 'runAsNonRoot') && !saysNonRoot(pod),
        all(
          // Otherwise the node would refuse what asks to be root and not to be.
          inSecurity(notRoot),
          inContainers(where((container) => !saysNonRoot(container), within('securityContext', notRoot))),
          inSecurity(setFields({ runAsNonRoot: true })),
        ),
      ),
    ),
  ),
  risk: 'A container does not start if its image runs as root and nothing names another user.',
  examples: {
    good: [
      examplePod(),
      examplePod({ hostUsers: false, securityContext: { runAsNonRoot: undefined } }),
      examplePod(
        { securityContext: { runAsNonRoot: undefined } },
        { securityContext: { runAsNonRoot: true } },
      ),
    ],
    bad: [
      podSecurity({ runAsNonRoot: undefined }),
      examplePod({ securityContext: { runAsNonRoot: false } }, { securityContext: { runAsNonRoot: true } }),
      podWithSecurity({ runAsNonRoot: false }),
      podWithInit({ runAsNonRoot: false }),
    ],
  },
});
