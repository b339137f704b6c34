import { BUILT_IN_NAMESPACES } from '../../../model';
import { defineControl } from '../../control';
import { KINDS } from '../../kinds';

/** CEL: a network policy takes hold of every pod, so that only what policies allow gets through in a direction. */
const isolates = (direction: string): string =>
  `variables.companions.exists(p, has(p.spec) && (!has(p.spec.podSelector) || size(p.spec.podSelector) == 0) && ${direction})`;

const INGRESS = '(!has(p.spec.policyTypes) || "Ingress" in p.spec.policyTypes)';
const EGRESS = '(has(p.spec.policyTypes) ? "Egress" in p.spec.policyTypes : has(p.spec.egress))';
const EXEMPT = `(has(object.metadata.name) && object.metadata.name in ${JSON.stringify(BUILT_IN_NAMESPACES)})`;

const namespace = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
});

export default defineControl({
  id: 'default-deny',
  area: 'network',
  title: 'Each namespace denies what no network policy allows',
  rationale:
    'Without such a policy each pod reaches each other, so that the weakest workload opens the way to all.',
  severity: 'medium',
  remediation: 'Add a NetworkPolicy with an empty podSelector and policyTypes [Ingress, Egress].',
  mappings: { recommendations: ['NET-5'], cis: ['5.3.2'], attack: ['T1046'] },
  kinds: [KINDS.namespace],
  companions: [KINDS.networkPolicy],
  validations: [
    {
      expression: `${EXEMPT} || (${isolates(INGRESS)} && ${isolates(EGRESS)})`,
      path: 'metadata.name',
      message: 'No network policy of the namespace denies by default, or it does so in one direction only.',
    },
  ],
  examples: { good: [namespace('kube-public')], bad: [namespace('shop')] },
});
