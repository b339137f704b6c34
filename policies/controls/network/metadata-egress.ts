import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { networkPolicy } from '../services';

const EXCEPTED = '["169.254.169.254/32", "169.254.0.0/16", "fd00:ec2::254/128"]';

const out = (cidr: string, except?: readonly string[]) =>
  networkPolicy({
    egress: [
      { to: [{ ipBlock: { cidr, ...(except === undefined ? {} : { except }) } }], ports: [{ port: 443 }] },
    ],
  });

export default defineControl({
  id: 'metadata-egress',
  area: 'network',
  title: 'A way out to every address leaves out the metadata of the cloud',
  rationale:
    'At 169.254.169.254 a cloud gives its machines credentials, and gives them to each pod that may ask.',
  severity: 'high',
  remediation: 'Name the addresses, or add 169.254.169.254/32 to except of the ipBlock.',
  mappings: { recommendations: ['NET-5', 'NET-6'], cis: [], attack: ['T1552.007', 'T1528'] },
  kinds: [KINDS.networkPolicy],
  validations: [
    {
      expression: `!has(object.spec.egress) || object.spec.egress.all(r, !has(r.to) || r.to.all(p, !has(p.ipBlock) || !p.ipBlock.cidr.matches("^(0|128)[.]0[.]0[.]0/[01]$|^::/0$|^169[.]254[.]") || (has(p.ipBlock.except) && p.ipBlock.except.exists(e, e in ${EXCEPTED}))))`,
      path: 'spec.egress',
      message: 'A rule lets the pods out to the metadata of the cloud.',
    },
  ],
  examples: {
    good: [out('192.0.2.0/24'), out('0.0.0.0/0', ['10.0.0.0/8', '169.254.169.254/32'])],
    bad: [out('0.0.0.0/0'), out('0.0.0.0/0', ['10.0.0.0/8']), out('169.254.169.254/32'), out('::/0')],
  },
});
