import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { ingress } from '../services';

const serving = (rule: object, spec: object = {}) =>
  ingress({ tls: [{ secretName: 'shop' }], rules: [rule], ...spec });
const BACKEND = { service: { name: 'web', port: { number: 80 } } };

export default defineControl({
  id: 'ingress-host',
  area: 'network',
  title: 'An Ingress names the hosts that it serves',
  rationale:
    'Without a host, or with a wildcard, an Ingress also gets requests that are meant for those of other namespaces.',
  severity: 'medium',
  remediation: 'Name the host in each rule, in full, and leave out defaultBackend.',
  mappings: { recommendations: ['NET-5'], cis: [], attack: ['T1190'] },
  kinds: [KINDS.ingress],
  validations: [
    {
      expression:
        '!has(object.spec.rules) || object.spec.rules.all(r, has(r.host) && r.host != "" && !r.host.startsWith("*"))',
      path: 'spec.rules',
      message: 'A rule of the Ingress names no host, or a wildcard.',
    },
    {
      expression: '!has(object.spec.defaultBackend)',
      path: 'spec.defaultBackend',
      message: 'The Ingress gets the requests that no other wants.',
    },
  ],
  examples: {
    good: [serving({ host: 'shop.example' })],
    bad: [
      serving({ host: '*.example' }),
      serving({}),
      serving({ host: 'shop.example' }, { defaultBackend: BACKEND }),
    ],
  },
});
