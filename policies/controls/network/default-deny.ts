import { BUILT_IN_NAMESPACES } from '../../../model';
import { defineControl } from '../../control';
import { KINDS } from '../../kinds';
import { emptySelector } from '../fields';

/** CEL: a network policy takes hold of every pod, so that only what policies allow gets through in a direction. */
const isolates = (direction: string): string =>
  `variables.companions.exists(p, has(p.spec) && (!has(p.spec.podSelector) || ${emptySelector('p.spec.podSelector')}) && ${direction})`;

/** CEL: the directions are named. What the API server fills in otherwise: ingress always, egress where there is a rule for it. */
const TYPED = 'has(p.spec.policyTypes) && size(p.spec.policyTypes) > 0';
const INGRESS = `(!(${TYPED}) || "Ingress" in p.spec.policyTypes)`;
const EGRESS = `(${TYPED} ? "Egress" in p.spec.policyTypes : has(p.spec.egress) && size(p.spec.egress) > 0)`;
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
