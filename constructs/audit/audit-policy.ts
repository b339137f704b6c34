import { throwIfAny, type Problem } from '../../model';
import { ANONYMOUS_PATHS } from '../access/authentication';
import { BREAK_GLASS_GROUP } from '../access/break-glass';
import { addedRuleProblems, type AddedAuditRule } from './added-rule';
import type { AuditRule } from './audit-rule';
import { AUDIT_GUARANTEES, guaranteeProblems, READS, type AuditGuarantee } from './guarantees';

/**
 * The rules that nothing added can overtake:
 *
 * 1. Health checks are not logged.
 * 2. What carries secret values (Secrets, ConfigMaps, tokens) is logged without its body, whoever asks. This stands
 *    before every rule that logs bodies and before every rule that is silent.
 * 3. What opens a way into a pod or a node, and what changes who may do what, is logged with request and response.
 * 4. Whatever is done with a break-glass certificate is logged with request and response.
 */
export const PROTECTED_AUDIT_RULES: readonly AuditRule[] = [
  { level: 'None', nonResourceURLs: ANONYMOUS_PATHS.map((path) => `${path}*`) },
  ...AUDIT_GUARANTEES.map(ruleOf),
  { level: 'RequestResponse', userGroups: [BREAK_GLASS_GROUP] },
];

function ruleOf({ group, resources, verbs, least }: AuditGuarantee): AuditRule {
  return { level: least, ...(verbs && { verbs }), resources: [{ group, ...(resources && { resources }) }] };
}

/** What comes after the rules that are added: the bulk of all requests is silent, the rest is logged without its body. */
const OTHER_RULES: readonly AuditRule[] = [
  {
    level: 'None',
    users: [
      'system:apiserver',
      'system:kube-controller-manager',
      'system:kube-scheduler',
      'system:kube-proxy',
    ],
    verbs: READS,
  },
  { level: 'None', userGroups: ['system:nodes'], verbs: ['watch'] },
  { level: 'Metadata' },
];

/**
 * The rules in their order: those that are always first, those that were added, and what is left.
 * @param added rules for what the first ones say nothing of
 */
export function auditRules(added: readonly AddedAuditRule[] = []): readonly AuditRule[] {
  return [
    ...PROTECTED_AUDIT_RULES,
    ...added.map(({ who, what, level }): AuditRule => ({ level, ...who, ...what })),
    ...OTHER_RULES,
  ];
}

/** Everything that is wrong with the rules that are added, and with what comes of all together. */
export function auditPolicyProblems(added: readonly AddedAuditRule[], where: string): readonly Problem[] {
  const problems = addedRuleProblems(added, where);
  return problems.length > 0 ? problems : guaranteeProblems(auditRules(added), 'audit policy, rules');
}

/**
 * The API server's audit policy. Source: AUD-1, CIS 3.2.1 and 3.2.2.
 * @throws KeelsonError `construct/invalid` when a rule would log secrets with their body, or leave out what has to be logged
 */
export function auditPolicy(added: readonly AddedAuditRule[] = []): Readonly<Record<string, unknown>> {
  throwIfAny(auditPolicyProblems(added, 'audit policy, added rules'));
  return {
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    // One event a request: the stage before it is handled says nothing that the last one does not.
    omitStages: ['RequestReceived'],
    omitManagedFields: true,
    rules: auditRules(added),
  };
}
