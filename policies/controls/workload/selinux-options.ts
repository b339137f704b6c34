import { defineControl, type Validation } from '../../control';
import { CONTAINERS } from '../../elements';
import { examplePod, podSecurity, podWithInit, podWithSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { oneOf, valueOr } from '../fields';
import { adjust, all, inContainers, within } from '../remedies';

const TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
const NEWEST = [...TYPES, 'container_engine_t'];

const validation = (root: string, types: readonly string[]): Validation => {
  const option = (name: string): string => valueOr(`${root}.securityContext.seLinuxOptions.${name}`, '""');
  return {
    expression: `${option('type')} in ${oneOf(types)} && ${option('user')} == "" && ${option('role')} == ""`,
    path: 'securityContext.seLinuxOptions',
    message: 'seLinuxOptions asks for another type than those for containers, or for a user or role.',
  };
};

const validations = (types: readonly string[]): readonly Validation[] => [
  validation('variables.podSpec', types),
  { ...validation('container', types), forEach: CONTAINERS },
];

const clear = within(
  'securityContext',
  adjust('seLinuxOptions', (options) => {
    const {
      type = '',
      user = '',
      role = '',
    } = (options ?? {}) as { type?: string; user?: string; role?: string };
    return NEWEST.includes(type) && user === '' && role === '' ? options : undefined;
  }),
);

export default defineControl({
  id: 'selinux-options',
  area: 'workload',
  title: 'SELinux confines each container as a container',
  rationale:
    'With a type, user or role of its own choice a container gets out of what SELinux allows to containers.',
  severity: 'high',
  remediation: 'Leave out seLinuxOptions, or set its type to one of those for containers.',
  mappings: {
    recommendations: ['POD-7'],
    cis: ['5.6.3'],
    pss: { level: 'baseline', check: 'selinuxoptions' },
    attack: ['T1611'],
  },
  kinds: POD_KINDS,
  since: '1.31',
  validations: validations(NEWEST),
  earlier: [{ since: '1.0', validations: validations(TYPES) }],
  remediate: all(clear, inContainers(clear)),
  risk: 'The program may need files that only this label may open.',
  examples: {
    good: [
      examplePod(),
      podSecurity({ seLinuxOptions: { type: 'container_t', level: 's0:c1,c2' } }),
      podWithSecurity({ seLinuxOptions: { type: 'container_engine_t' } }),
      podWithSecurity({ seLinuxOptions: {} }),
    ],
    bad: [
      podSecurity({ seLinuxOptions: { type: 'spc_t' } }),
      podWithSecurity({ seLinuxOptions: { user: 'system_u' } }),
      podWithInit({ seLinuxOptions: { role: 'sysadm_r' } }),
    ],
  },
});
