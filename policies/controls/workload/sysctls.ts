import { defineControl, type Validation } from '../../control';
import { examplePod, podSecurity } from '../../example-pod';
import { POD_KINDS } from '../../kinds';
import { absentOr, oneOf } from '../fields';
import { adjust, inSecurity } from '../remedies';

/** The sysctls that Kubernetes calls safe, with the version that first did; oldest last. */
const SAFE: readonly (readonly [since: string, names: readonly string[]])[] = [
  ['1.37', ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']],
  ['1.32', ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
  [
    '1.29',
    ['time', 'intvl', 'probes']
      .map((name) => `net.ipv4.tcp_keepalive_${name}`)
      .concat('net.ipv4.tcp_fin_timeout'),
  ],
  ['1.27', ['net.ipv4.ip_local_reserved_ports']],
  [
    '1.0',
    [
      ...['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies'],
      ...['net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'],
    ],
  ],
];

const ALL_SAFE = SAFE.flatMap(([, names]) => names);

const SYSCTLS = 'variables.podSpec.securityContext.sysctls';

const [newest, ...earlier] = SAFE.map(([since], index) => ({
  since,
  validations: [
    {
      expression: absentOr(
        SYSCTLS,
        `${SYSCTLS}.all(s, s.name in ${oneOf(SAFE.slice(index).flatMap(([, names]) => names))})`,
      ),
      path: 'securityContext.sysctls',
      message: 'The pod sets a sysctl that is not safe.',
    } satisfies Validation,
  ],
}));

export default defineControl({
  id: 'sysctls',
  area: 'workload',
  title: 'Pods set no sysctl that reaches beyond them',
  rationale: 'Other sysctls change the kernel for every program of the node, or turn its protections off.',
  severity: 'high',
  remediation: 'Leave out securityContext.sysctls, or set only those that Kubernetes calls safe.',
  mappings: {
    recommendations: ['POD-5'],
    cis: [],
    pss: { level: 'baseline', check: 'sysctls' },
    attack: ['T1611', 'T1499'],
  },
  kinds: POD_KINDS,
  ...newest!,
  earlier,
  remediate: inSecurity(
    adjust('sysctls', (sysctls) => {
      if (!Array.isArray(sysctls)) return sysctls;
      const safe = sysctls.filter(({ name }: { name: string }) => ALL_SAFE.includes(name));
      return safe.length === sysctls.length ? sysctls : safe;
    }),
  ),
  risk: 'The program may need the sysctl.',
  examples: {
    good: [examplePod(), podSecurity({ sysctls: [{ name: 'net.ipv4.tcp_syncookies', value: '1' }] })],
    bad: [podSecurity({ sysctls: [{ name: 'kernel.msgmax', value: '1' }] })],
  },
});
