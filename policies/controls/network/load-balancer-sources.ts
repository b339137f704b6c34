import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { valueOr } from '../fields';
import { service } from '../services';

const RANGES = valueOr('object.spec.loadBalancerSourceRanges', '[]');
const EVERYBODY = '["0.0.0.0/0", "::/0"]';

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
      expression: `${valueOr('object.spec.type', '"ClusterIP"')} != "LoadBalancer" || (size(${RANGES}) > 0 && ${RANGES}.all(r, !(r in ${EVERYBODY})))`,
      path: 'spec.loadBalancerSourceRanges',
      message: 'Everybody may call the load balancer.',
    },
  ],
  examples: {
    good: [service({}), service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['192.0.2.0/24'] })],
    bad: [
      service({ type: 'LoadBalancer' }),
      service({ type: 'LoadBalancer', loadBalancerSourceRanges: ['192.0.2.0/24', '0.0.0.0/0'] }),
    ],
  },
});
