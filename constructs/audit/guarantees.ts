import type { Problem } from '../../model';
import { invalidProperty } from '../shape';
import { AUDIT_LEVELS, namesResource, type AuditLevel, type AuditRule } from './audit-rule';

/** What is true of the log whoever asks, in whichever namespace, and whatever the object is called. */
export interface AuditGuarantee {
  /** What it is about, in words. */
  readonly what: string;
  readonly group: string;
  /**
   * Plural names with their subresources; all of the group where left out.
   */
  readonly resources?: readonly string[];
  /** The verbs for which it holds; all where left out. */
  readonly verbs?: readonly string[];
  /** The least that is logged. */
  readonly least: AuditLevel;
  /** The most that is logged. */
  readonly most: AuditLevel;
}

/** The verbs that change something. */
export const CHANGES = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;

/** The verbs that read. */
export const READS = ['get', 'list', 'watch'] as const;

const SECRET = { least: 'Metadata', most: 'Metadata' } as const;
const WHOLE = { verbs: CHANGES, least: 'RequestResponse', most: 'RequestResponse' } as const;
const WAY_IN = { least: 'RequestResponse', most: 'RequestResponse' } as const;

/**
 * What no policy may break: what carries secrets is logged, and never with its body; what changes who may do what, and every way
 * into a pod or a node, is logged with all there is. Source: AUD-1, CIS 3.2.1 and 3.2.2.
 */
export const AUDIT_GUARANTEES: readonly AuditGuarantee[] = [
  {
    what: 'Secrets, ConfigMaps and tokens of service accounts',
    group: '',
    resources: ['secrets', 'configmaps', 'serviceaccounts/token'],
    ...SECRET,
  },
  {
    what: 'tokens under review',
    group: 'authentication.k8s.io',
    resources: ['tokenreviews'],
    ...SECRET,
  },
  {
    what: 'ways into pods and nodes',
    group: '',
    resources: [
      'pods/exec',
      'pods/attach',
      'pods/portforward',
      'pods/proxy',
      'services/proxy',
      'nodes/proxy',
    ],
    ...WAY_IN,
  },
  {
    what: 'debug containers',
    group: '',
    resources: ['pods/ephemeralcontainers'],
    verbs: CHANGES,
    // What was asked for, and not the whole pod that the answer repeats: its environment may hold what should not be there.
    least: 'Request',
    most: 'Request',
  },
  { what: 'changes of roles and bindings', group: 'rbac.authorization.k8s.io', ...WHOLE },
  { what: 'changes of admission', group: 'admissionregistration.k8s.io', ...WHOLE },
  { what: 'changes of API services', group: 'apiregistration.k8s.io', ...WHOLE },
  { what: 'certificate requests', group: 'certificates.k8s.io', ...WHOLE },
  {
    what: 'changes of network policies',
    group: 'networking.k8s.io',
    resources: ['networkpolicies'],
    ...WHOLE,
  },
  {
    what: 'changes of namespaces and service accounts',
    group: '',
    resources: ['namespaces', 'serviceaccounts'],
    ...WHOLE,
  },
];

/**
 * What of the guarantees a policy does not keep. The rules are gone through in their order until one covers all requests of a
 * guarantee; each before it that could decide one of them has to keep it. That is on the safe side: a rule that an earlier one
 * makes pointless is refused as well.
 */
export function guaranteeProblems(rules: readonly AuditRule[], where: string): readonly Problem[] {
  return AUDIT_GUARANTEES.flatMap((guarantee) =>
    resourcesOf(guarantee).flatMap((resource) => {
      const broken = firstBreach(rules, guarantee, resource);
      if (broken === undefined) return [];
      const levels = guarantee.least === guarantee.most ? guarantee.least : `${guarantee.least} or more`;
      const name = [guarantee.group, resource].filter(Boolean).join('/');
      return [
        invalidProperty(
          broken.place === undefined ? where : `${where}[${broken.place}]`,
          `It logs ${guarantee.what} (${name}) at ${broken.level}, where ${levels} is due.`,
          'Leave them to the rules that are always there.',
        ),
      ];
    }),
  );
}

/** Each resource of a guarantee by its name; the empty name stands for one that is not known. */
function resourcesOf({ resources }: AuditGuarantee): readonly string[] {
  return resources ?? [''];
}

function firstBreach(
  rules: readonly AuditRule[],
  guarantee: AuditGuarantee,
  resource: string,
): { readonly place?: number; readonly level: AuditLevel } | undefined {
  for (const [place, rule] of rules.entries()) {
    if (!couldDecide(rule, guarantee, resource)) continue;
    if (!keeps(rule.level, guarantee)) return { place, level: rule.level };
    if (decidesAll(rule, guarantee, resource)) return undefined;
  }
  return { level: 'None' };
}

function keeps(level: AuditLevel, { least, most }: AuditGuarantee): boolean {
  const rank = AUDIT_LEVELS.indexOf(level);
  return rank >= AUDIT_LEVELS.indexOf(least) && rank <= AUDIT_LEVELS.indexOf(most);
}

function given(list: readonly unknown[] | undefined): boolean {
  return list !== undefined && list.length > 0;
}

/** Whether the rule matches a request of the guarantee, if user, namespace and name are the right ones. */
function couldDecide(rule: AuditRule, { group, verbs }: AuditGuarantee, resource: string): boolean {
  if (given(rule.nonResourceURLs) && !given(rule.resources) && !given(rule.namespaces)) return false;
  if (given(rule.verbs) && verbs !== undefined && !rule.verbs!.some((verb) => verbs.includes(verb)))
    return false;
  return !given(rule.resources) || rule.resources!.some((entry) => touches(entry, group, resource));
}

function touches(
  entry: NonNullable<AuditRule['resources']>[number],
  group: string,
  resource: string,
): boolean {
  if (resource === '') return entry.group === group || entry.group === '*';
  const [name = '', subresource = ''] = resource.split('/');
  return namesResource(entry, group, name, subresource);
}

/** Whether the rule matches every request of the guarantee. */
function decidesAll(rule: AuditRule, { group, verbs }: AuditGuarantee, resource: string): boolean {
  if (given(rule.users) || given(rule.userGroups) || given(rule.namespaces)) return false;
  if (given(rule.verbs) && (verbs === undefined || !verbs.every((verb) => rule.verbs!.includes(verb))))
    return false;
  if (!given(rule.resources)) return true;
  return rule.resources!.some((entry) => {
    if (given(entry.resourceNames)) return false;
    if (resource !== '') return touches(entry, group, resource);
    return touches(entry, group, resource) && (!given(entry.resources) || entry.resources!.includes('*'));
  });
}
