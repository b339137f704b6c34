import { defineControl, type Validation } from '../../control';
import { KINDS } from '../../kinds';

const policy = (rule: Readonly<Record<string, unknown>>, direction: 'ingress' | 'egress' = 'egress') => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'app', namespace: 'shop' },
  spec: {
    podSelector: { matchLabels: { app: 'app' } },
    policyTypes: [direction === 'ingress' ? 'Ingress' : 'Egress'],
    [direction]: [rule],
  },
});

const TO = [{ podSelector: { matchLabels: { app: 'db' } } }];

const named = (direction: 'ingress' | 'egress'): Validation => ({
  expression: `!has(object.spec) || !has(object.spec.${direction}) || object.spec.${direction}.all(rule, has(rule.ports) && size(rule.ports) > 0 && rule.ports.all(p, has(p.port) && p.port != 0))`,
  path: `spec.${direction}`,
  message: 'A rule names no port, or port 0, which opens all of them.',
});

export default defineControl({
  id: 'network-policy-ports',
  area: 'network',
  title: 'Each rule of a network policy names its ports',
  rationale:
    'A rule without ports, or with a protocol only, opens every port of its peers: those for debugging and administration, too.',
  severity: 'medium',
  remediation: 'Name the ports of each rule, each with its number or name.',
  mappings: { recommendations: ['NET-5'], cis: ['5.3.2'], attack: ['T1046'] },
  kinds: [KINDS.networkPolicy],
  validations: [named('ingress'), named('egress')],
  examples: {
    good: [
      policy({ to: TO, ports: [{ port: 5432, protocol: 'TCP' }] }),
      policy({ from: TO, ports: [{ port: 'http' }] }, 'ingress'),
      { ...policy({}), spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } },
    ],
    bad: [
      policy({ to: TO }),
      policy({ to: TO, ports: [] }),
      policy({ to: TO, ports: [{ port: 5432 }, { protocol: 'TCP' }] }),
      policy({ to: TO, ports: [{ port: 0 }] }),
      policy({ from: TO }, 'ingress'),
    ],
  },
});
