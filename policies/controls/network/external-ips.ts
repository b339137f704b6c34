import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { adjust, within } from '../remedies';
import { service } from '../services';

export default defineControl({
  id: 'external-ips',
  area: 'network',
  title: 'No Service takes over an address',
  rationale:
    'Every node sends what is meant for an external IP of a Service to its pods, also where the address is somebody else’s (CVE-2020-8554).',
  severity: 'high',
  remediation: 'Leave out externalIPs; use a LoadBalancer or an Ingress.',
  mappings: { recommendations: ['NET-5'], cis: [], attack: ['T1133', 'T1046'] },
  kinds: [KINDS.service],
  validations: [
    {
      expression: `size(${valueOr('object.spec.externalIPs', '[]')}) == 0`,
      path: 'spec.externalIPs',
      message: 'The Service takes over addresses.',
    },
  ],
  remediate: within(
    'spec',
    adjust('externalIPs', (addresses) =>
      Array.isArray(addresses) && addresses.length > 0 ? undefined : addresses,
    ),
  ),
  risk: 'Whoever calls the Service at these addresses no longer reaches it.',
  examples: {
    good: [service({}), service({ externalIPs: [] })],
    bad: [service({ externalIPs: ['192.0.2.1'] })],
  },
});
