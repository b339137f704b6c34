import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { service } from '../services';

const RANGES = valueOr('object.spec.loadBalancerSourceRanges', '[]');

/** CEL: a range, and not one of those of which a few are the whole Internet. */
const NARROW = 'isCIDR(r) && cidr(r).prefixLength() >= 8';

export default defineControl({
  id: 'load-balancer-sources',
  area: 'network',
  title: 'A load balancer says who may call it',
  rationale:
    'Most clouds give a load balancer a public address that everybody may call, unless it says otherwise.',
  severity: 'medium',
  remediation: 'List those who may call it in loadBalancerSourceRanges.',
  mappings: { recommendations: ['NET-5'], cis: [], attack: ['T1133', 'T1190'] },
  kinds: [KINDS.service],
  validations: [
    {
      expression: `${valueOr('object.spec.type', '"ClusterIP"')} != "LoadBalancer" || (size(${RANGES}) > 0 && ${RANGES}.all(r, ${NARROW}))`,
      path: 'spec.loadBalancerSourceRanges',
      message: 'Everybody may call the load balancer, or who may is no range, or one shorter than /8.',
    },
  ],
  examples: {
    good: [
      service({}),
      service({
        type: 'LoadBalancer',
        loadBalancerSourceRanges: ['192.0.2.0/24', '10.0.0.0/8', '2001:db8::/32'],
      }),
    ],
    bad: [
      service({ type: 'LoadBalancer' }),
      service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['192.0.2.0/24', '0.0.0.0/0'] }),
      service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['0.0.0.0/1', '128.0.0.0/1'] }),
      service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['2000::/3'] }),
    ],
  },
});
