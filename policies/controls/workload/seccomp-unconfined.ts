import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { annotatedPod, examplePod, podSecurity, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { absentOr, oneOf, valueOr } from '../fields';
import { all, FILTERED, inSecurity, secureEach } from '../remedies';

const TYPES = oneOf(['RuntimeDefault', 'Localhost']);
const POD_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
const ANNOTATIONS = valueOr('variables.podMetadata.annotations', '{}');

const byField = (root: string, message: string): Validation => ({
  expression: absentOr(
    `${root}.securityContext.seccompProfile`,
    `${valueOr(`${root}.securityContext.seccompProfile.type`, '""')} in ${TYPES}`,
  ),
  path: 'securityContext.seccompProfile.type',
  message,
  showsValue: true,
});

const byAnnotation = (key: string): string =>
  `!(${key} in ${ANNOTATIONS}) || ${ANNOTATIONS}[${key}].matches("^(runtime/default|docker/default|localhost/.*)$")`;

export default defineControl({
  id: 'seccomp-unconfined',
  area: 'workload',
  title: 'Nothing turns the filter of system calls off',
  rationale: 'Most ways out of a container need a system call that the usual seccomp profile refuses.',
  severity: 'high',
  remediation: 'Set seccompProfile.type to RuntimeDefault or Localhost, or leave it out.',
  mappings: {
    recommendations: ['POD-7'],
    cis: ['5.6.2'],
    pss: { level: 'baseline', check: 'seccompprofile_baseline' },
    attack: ['T1611'],
  },
  kinds: POD_KINDS,
  since: '1.19',
  validations: [
    byField('variables.podSpec', 'The pod runs without a filter of system calls.'),
    { ...byField('container', 'The container runs without a filter of system calls.'), forEach: CONTAINERS },
  ],
  earlier: [
    {
      since: '1.0',
      validations: [
        {
          expression: byAnnotation(`"${POD_ANNOTATION}"`),
          path: '',
          message: `The annotation ${POD_ANNOTATION} turns the filter of system calls off.`,
        },
        {
          forEach: CONTAINERS,
          expression: byAnnotation('("container.seccomp.security.alpha.kubernetes.io/" + container.name)'),
          path: '',
          message: 'An annotation turns the filter of system calls off for the container.',
        },
      ],
    },
  ],
  remediate: all(inSecurity(FILTERED), secureEach(FILTERED)),
  risk: 'A system call that the program needs may be refused.',
  examples: {
    good: [
      examplePod(),
      podWithSecurity({ seccompProfile: { type: 'Localhost', localhostProfile: 'app.json' } }),
      annotatedPod({ [POD_ANNOTATION]: 'runtime/default' }),
    ],
    bad: [
      podSecurity({ seccompProfile: { type: 'Unconfined' } }),
      podWithSecurity({ seccompProfile: { type: 'Unconfined' } }),
      podWithInit({ seccompProfile: { type: 'Unconfined' } }),
    ],
  },
});
