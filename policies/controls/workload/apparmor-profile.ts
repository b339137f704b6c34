import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { annotatedPod, examplePod, podSecurity, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { absentOr, oneOf, valueOr } from '../fields';
import { adjust, all, inContainers, within } from '../remedies';

const PREFIX = 'container.apparmor.security.beta.kubernetes.io/';

const TYPES = ['RuntimeDefault', 'Localhost'];

const byField = (root: string, message: string): Validation => ({
  expression: absentOr(
    `${root}.securityContext.appArmorProfile`,
    `${valueOr(`${root}.securityContext.appArmorProfile.type`, '""')} in ${oneOf(TYPES)}`,
  ),
  path: 'securityContext.appArmorProfile.type',
  message,
  showsValue: true,
});

const clear = within(
  'securityContext',
  adjust('appArmorProfile', (profile) =>
    TYPES.includes((profile as { type?: string } | undefined)?.type ?? '') ? profile : undefined,
  ),
);

export default defineControl({
  id: 'apparmor-profile',
  area: 'workload',
  title: 'Nothing turns AppArmor off',
  rationale:
    'The AppArmor profile of the runtime keeps a container from writing to the settings of the kernel and from mounting.',
  severity: 'high',
  remediation:
    'Set appArmorProfile.type to RuntimeDefault or Localhost, or leave it and the old annotation out.',
  mappings: {
    recommendations: ['POD-7'],
    cis: ['5.6.3'],
    pss: { level: 'baseline', check: 'apparmorprofile' },
    attack: ['T1611'],
  },
  kinds: POD_KINDS,
  since: '1.0',
  validations: [
    byField('variables.podSpec', 'The pod runs without AppArmor.'),
    { ...byField('container', 'The container runs without AppArmor.'), forEach: CONTAINERS },
    {
      expression: `!has(variables.podMetadata.annotations) || variables.podMetadata.annotations.all(key, !key.startsWith("${PREFIX}") || variables.podMetadata.annotations[key].matches("^(runtime/default|localhost/.*)?$"))`,
      path: '',
      message: `An annotation ${PREFIX}… turns AppArmor off.`,
    },
  ],
  remediate: all(clear, inContainers(clear)),
  risk: 'The program may need what the runtime’s profile refuses.',
  examples: {
    good: [
      examplePod(),
      podWithSecurity({ appArmorProfile: { type: 'RuntimeDefault' } }),
      annotatedPod({ [`${PREFIX}app`]: 'localhost/app', other: 'unconfined' }),
    ],
    bad: [
      podSecurity({ appArmorProfile: { type: 'Unconfined' } }),
      podWithSecurity({ appArmorProfile: { type: 'Unconfined' } }),
      podWithInit({ appArmorProfile: { type: 'Unconfined' } }),
      annotatedPod({ [`${PREFIX}app`]: 'unconfined' }),
    ],
  },
});
