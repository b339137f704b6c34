import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { ingress } from '../services';

const rules = (...hosts: readonly string[]) => hosts.map((host) => ({ host }));

export default defineControl({
  id: 'ingress-tls',
  area: 'network',
  title: 'An Ingress serves each of its hosts by TLS',
  rationale: 'What comes without TLS, passwords and sessions included, is read and changed on its way.',
  severity: 'medium',
  remediation: 'Name each host in spec.tls, with the Secret of its certificate.',
  mappings: { recommendations: [], cis: [], attack: ['T1190'] },
  kinds: [KINDS.ingress],
  validations: [
    {
      expression:
        'has(object.spec.tls) && size(object.spec.tls) > 0 && (!has(object.spec.rules) || object.spec.rules.all(r, !has(r.host) || object.spec.tls.exists(t, !has(t.hosts) || t.hosts.exists(h, h == r.host || h.startsWith("*.")))))',
      path: 'spec.tls',
      message: 'A host of the Ingress is served without TLS.',
    },
  ],
  examples: {
    good: [
      ingress({ tls: [{ hosts: ['shop.example'], secretName: 'shop' }], rules: rules('shop.example') }),
      ingress({ tls: [{ secretName: 'any' }], rules: rules('shop.example') }),
      ingress({ tls: [{ hosts: ['*.example'] }], rules: rules('shop.example') }),
    ],
    bad: [
      ingress({ rules: rules('shop.example') }),
      ingress({ tls: [{ hosts: ['a.example'] }], rules: rules('a.example', 'b.example') }),
    ],
  },
});
