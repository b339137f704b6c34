import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { IN_USER_NAMESPACE, valueOr } from '../fields';
import { all, inContainers, setFields, where, within, type Remedy, isInUserNamespace } from '../remedies';
import type { Example } from '../../subjects';

const validation = (root: string, exempt: string): Validation => ({
  expression: `${exempt}${valueOr(`${root}.securityContext.runAsUser`, '1')} != 0`,
  path: 'securityContext.runAsUser',
  message: 'runAsUser is 0, which is root.',
});

const validations = (exempt = ''): readonly Validation[] => [
  validation('variables.podSpec', exempt),
  { ...validation('container', exempt), forEach: CONTAINERS },
];

const notRoot: Remedy = where(
  ({ securityContext }) => (securityContext as Example | undefined)?.runAsUser === 0,
  within('securityContext', setFields({ runAsUser: undefined })),
);

export default defineControl({
  id: 'root-user',
  area: 'workload',
  title: 'Nothing asks for the user id of root',
  rationale: 'A process that is root in its container is root on the node as soon as it finds a way out.',
  severity: 'high',
  remediation: 'Leave out runAsUser, or set another user than 0.',
  mappings: {
    recommendations: ['POD-1', 'POD-6'],
    cis: ['5.2.7'],
    pss: { level: 'restricted', check: 'runasuser' },
    attack: ['T1611'],
  },
  kinds: POD_KINDS,
  since: '1.35',
  validations: validations(`${IN_USER_NAMESPACE} || `),
  earlier: [{ since: '1.23', validations: validations() }],
  remediate: where((pod) => !isInUserNamespace(pod), all(notRoot, inContainers(notRoot))),
  risk: 'The program may need to be root.',
  examples: {
    good: [
      examplePod(),
      examplePod({ hostUsers: false }, { securityContext: { runAsUser: 0 } }),
      podWithSecurity({ runAsUser: 10001 }),
    ],
    bad: [
      examplePod({ securityContext: { runAsUser: 0 } }, { securityContext: { runAsUser: 10001 } }),
      podWithSecurity({ runAsUser: 0 }),
      podWithInit({ runAsUser: 0 }),
    ],
  },
});
