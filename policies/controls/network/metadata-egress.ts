import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { networkPolicy } from '../services';

/** Where clouds give out credentials, by both versions of the protocol. */
const METADATA = '["169.254.169.254", "fd00:ec2::254"]';

/** CEL: the range holds the address; also where it is no range, as nobody knows what the network makes of it. */
const LEADS_TO = '(!isCIDR(p.ipBlock.cidr) || cidr(p.ipBlock.cidr).containsIP(a))';
const EXCEPTED = '(has(p.ipBlock.except) && p.ipBlock.except.exists(e, isCIDR(e) && cidr(e).containsIP(a)))';

/** CEL: a rule for everybody opens the port by which metadata is asked for; a name of a port is none of an address. */
const ASKS =
  '(!has(r.ports) || size(r.ports) == 0 || r.ports.exists(p, (!has(p.protocol) || p.protocol == "TCP") && (!has(p.port) || (type(p.port) == int && (p.port == 80 || (has(p.endPort) && p.port < 80 && p.endPort >= 80))))))';

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
  remediation:
    'Name the addresses, or add 169.254.169.254/32 to except of the ipBlock, fd00:ec2::254/128 for IPv6.',
  mappings: { recommendations: ['NET-5', 'NET-6'], cis: [], attack: ['T1552.007', 'T1528'] },
  kinds: [KINDS.networkPolicy],
  validations: [
    {
      expression: `!has(object.spec.egress) || object.spec.egress.all(r, !has(r.to) || size(r.to) == 0 ? !${ASKS} : r.to.all(p, !has(p.ipBlock) || ${METADATA}.all(a, !${LEADS_TO} || ${EXCEPTED})))`,
      path: 'spec.egress',
      message: 'A rule lets the pods out to the metadata of the cloud.',
    },
  ],
  examples: {
    good: [
      out('192.0.2.0/24'),
      out('0.0.0.0/0', ['10.0.0.0/8', '169.254.169.254/32']),
      out('169.254.0.0/16', ['169.254.169.0/24']),
      out('::/0', ['fd00:ec2::254/128']),
      networkPolicy({
        egress: [{ ports: [{ port: 443 }, { port: 53, protocol: 'UDP' }, { port: 'http' }] }],
      }),
    ],
    bad: [
      networkPolicy({ egress: [{ ports: [{ port: 80 }] }] }),
      networkPolicy({ egress: [{ to: [], ports: [{ port: 1, endPort: 1024 }] }] }),
      out('0.0.0.0/0'),
      out('0.0.0.0/0', ['10.0.0.0/8', '169.254.169.253/32']),
      out('128.0.0.0/2'),
      out('169.254.169.254/32'),
      out('::/0'),
      out('fd00::/8', ['fd00:ec2::253/128']),
    ],
  },
});
