import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { emptySelector } from '../fields';
import { networkPolicy } from '../services';

/** CEL: a peer that is everybody: a range of which a few are all addresses, whatever it leaves out, or any pod of any namespace. */
const EVERYBODY = `(has(p.ipBlock) && (!isCIDR(p.ipBlock.cidr) || cidr(p.ipBlock.cidr).prefixLength() < 8)) || (has(p.namespaceSelector) && ${emptySelector('p.namespaceSelector')} && (!has(p.podSelector) || ${emptySelector('p.podSelector')}))`;

const bounded = (list: string, peers: string): string =>
  `!has(object.spec.${list}) || object.spec.${list}.all(r, (has(r.ports) && size(r.ports) > 0) || (has(r.${peers}) && size(r.${peers}) > 0 && !r.${peers}.exists(p, ${EVERYBODY})))`;

export default defineControl({
  id: 'open-network-policy',
  area: 'network',
  title: 'No network policy lets everything through',
  rationale:
    'Network policies add up: one rule without peers and ports undoes every other policy for the pods that it selects.',
  severity: 'high',
  remediation: 'Name the peers or the ports in each rule.',
  mappings: { recommendations: ['NET-5'], cis: ['5.3.2'], attack: ['T1046'] },
  kinds: [KINDS.networkPolicy],
  validations: [
    {
      expression: bounded('ingress', 'from'),
      path: 'spec.ingress',
      message: 'A rule lets everybody in on every port.',
    },
    {
      expression: bounded('egress', 'to'),
      path: 'spec.egress',
      message: 'A rule lets the pods out to everybody on every port.',
    },
  ],
  examples: {
    good: [
      networkPolicy({ policyTypes: ['Ingress', 'Egress'] }),
      networkPolicy({ ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }] }),
      networkPolicy({ ingress: [{ ports: [{ port: 8443, protocol: 'TCP' }] }] }),
      networkPolicy({
        egress: [{ to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] }],
      }),
    ],
    bad: [
      networkPolicy({ ingress: [{}] }),
      networkPolicy({ ingress: [{ from: [] }] }),
      networkPolicy({ ingress: [{ from: [{ namespaceSelector: {} }] }] }),
      networkPolicy({ egress: [{}] }),
      networkPolicy({ egress: [{ to: [{ namespaceSelector: {}, podSelector: {} }] }] }),
      networkPolicy({ ingress: [{ from: [{ ipBlock: { cidr: '0::/0' } }] }] }),
      networkPolicy({
        ingress: [{ from: [{ ipBlock: { cidr: '128.0.0.0/1', except: ['192.0.2.0/24'] } }] }],
      }),
    ],
  },
});
