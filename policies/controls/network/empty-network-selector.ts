import { defineControl, type Validation } from '../../control';
import { KINDS } from '../../kinds';
import { networkPolicy } from '../services';

/**
 * CEL: the selector asks for nothing that a pod has to be given to be selected. Everybody lacks some label, and each namespace
 * has the label of its name.
 */
const asksNothing = (selector: string): string =>
  `((!has(${selector}.matchLabels) || size(${selector}.matchLabels) == 0) && (!has(${selector}.matchExpressions) || !${selector}.matchExpressions.exists(x, x.operator == "In" || (x.operator == "Exists" && x.key != "kubernetes.io/metadata.name"))))`;

/** CEL: the rule is for DNS alone, which all pods ask and which all of them are asked by. */
const FOR_DNS =
  '(has(r.ports) && size(r.ports) > 0 && r.ports.all(p, has(p.port) && p.port == 53 && (!has(p.endPort) || p.endPort == 53)))';

/** CEL: the peer is all pods of the namespace, or those of every namespace. */
const ALL = `((has(e.namespaceSelector) && ${asksNothing('e.namespaceSelector')}) || (!has(e.namespaceSelector) && has(e.podSelector) && ${asksNothing('e.podSelector')}))`;

const FOR_ALL_PODS = `(!has(object.spec.podSelector) || ${asksNothing('object.spec.podSelector')})`;

const named = (direction: 'ingress' | 'egress', peers: 'from' | 'to'): readonly Validation[] => [
  {
    expression: `!has(object.spec) || !has(object.spec.${direction}) || !${FOR_ALL_PODS} || object.spec.${direction}.all(r, ${FOR_DNS})`,
    path: 'spec.podSelector',
    message: `The policy opens something for all pods of the namespace (${direction}).`,
  },
  {
    expression: `!has(object.spec) || !has(object.spec.${direction}) || object.spec.${direction}.all(r, !has(r.${peers}) || ${FOR_DNS} || r.${peers}.all(e, !${ALL}))`,
    path: `spec.${direction}`,
    message: `A peer is all pods of the namespace, or pods of every namespace (${direction}).`,
  },
];

const WEB = { podSelector: { matchLabels: { app: 'web' } } };
const PORTS = [{ port: 8080, protocol: 'TCP' }];
const DNS = [{ port: 53, protocol: 'UDP' }];

const from = (peer: object, ports: readonly object[] = PORTS) =>
  networkPolicy({ ...WEB, ingress: [{ from: [peer], ports }] });
const to = (peer: object, ports: readonly object[] = PORTS) =>
  networkPolicy({ ...WEB, egress: [{ to: [peer], ports }] });

export default defineControl({
  id: 'empty-network-selector',
  area: 'network',
  title: 'No selector of a network policy that opens something is empty',
  rationale:
    'A selector that is empty, or says only what pods are not, is everybody: often labels that a template left out. A selector of pods in every namespace finds those whose owner gave them these labels to get in.',
  severity: 'medium',
  remediation:
    'Select the pods by a label, and those of another namespace by its kubernetes.io/metadata.name, too.',
  mappings: { recommendations: ['NET-5'], cis: ['5.3.2'], attack: ['T1046'] },
  kinds: [KINDS.networkPolicy],
  validations: [...named('ingress', 'from'), ...named('egress', 'to')],
  examples: {
    good: [
      networkPolicy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
      networkPolicy({ podSelector: {}, egress: [{ to: [{ namespaceSelector: {} }], ports: DNS }] }),
      from({ podSelector: { matchLabels: { app: 'api' } } }),
      from({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } }),
      to({ ipBlock: { cidr: '192.0.2.0/24' } }),
      to({ podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }),
    ],
    bad: [
      networkPolicy({ podSelector: {}, ingress: [{ from: [WEB], ports: PORTS }] }),
      networkPolicy({ podSelector: { matchLabels: {} }, egress: [{ to: [WEB], ports: PORTS }] }),
      // A range that starts at the port of DNS is not for DNS.
      networkPolicy({ podSelector: {}, ingress: [{ ports: [{ port: 53, endPort: 65535 }] }] }),
      networkPolicy({ podSelector: {}, egress: [{ to: [WEB], ports: [{ port: 53, endPort: 65535 }] }] }),
      from({ podSelector: {} }, [{ port: 53, endPort: 8080 }]),
      from({ podSelector: {} }),
      from({ podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] } }),
      to({
        namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'Exists' }] },
      }),
      networkPolicy({
        podSelector: { matchExpressions: [{ key: 'nobody', operator: 'DoesNotExist' }] },
        ingress: [{ from: [WEB], ports: PORTS }],
      }),
      from({ podSelector: { matchLabels: {} } }),
      to({ podSelector: {} }),
      to({ namespaceSelector: {}, podSelector: { matchLabels: { app: 'api' } } }),
    ],
  },
});
