import type { Problem } from '../../model';
import { zod } from '../../model/zod';
import { invalidProperty, shapeProblems } from '../shape';
import { AUDIT_LEVELS, namesResource, type AuditLevel, type AuditResources } from './audit-rule';
import { AUDIT_GUARANTEES, READS } from './guarantees';

/** Whose requests: any of these users, and in any of these groups. */
export interface AuditWho {
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
}

/** Which requests: for resources, or for paths that are none. */
export type AuditWhat =
  | {
      readonly verbs?: readonly string[];
      readonly resources: readonly AuditResources[];
      readonly namespaces?: readonly string[];
    }
  | { readonly verbs?: readonly string[]; readonly nonResourceURLs: readonly string[] };

/**
 * A rule that is added to the audit policy, for what the protected rules say nothing of. `None` is for noise alone: reads
 * (`get`, `list`, `watch`) of named resources or paths by named users.
 */
export interface AddedAuditRule {
  readonly level: AuditLevel;
  /** Everybody where left out. */
  readonly who?: AuditWho;
  readonly what: AuditWhat;
}

/** Everything that is wrong with each rule by itself. */
export function addedRuleProblems(rules: readonly AddedAuditRule[], where: string): readonly Problem[] {
  const problems = shapeProblems(shape(), rules, where);
  if (problems.length > 0) return problems;
  return rules.flatMap((rule, index) => {
    const place = `${where}[${index}]`;
    return [...pointless(rule, place), ...(rule.level === 'None' ? tooSilent(rule, place) : [])];
  });
}

function shape() {
  const z = zod();
  const text = z.string().min(1).max(253);
  const texts = z.array(text).min(1).max(1000);
  const group = z.string().regex(/^(|\*|[a-z0-9.-]{1,253})$/);
  const resource = z.string().regex(/^(\*|[a-z0-9.-]+)(\/(\*|[a-z0-9.-]+))?$/);
  return z
    .array(
      z.strictObject({
        level: z.enum(AUDIT_LEVELS),
        who: z.strictObject({ users: texts.optional(), userGroups: texts.optional() }).optional(),
        what: z.union(
          [
            z.strictObject({
              verbs: texts.optional(),
              resources: z
                .array(
                  z.strictObject({
                    group,
                    resources: z.array(resource).min(1).max(1000).optional(),
                    resourceNames: texts.optional(),
                  }),
                )
                .min(1)
                .max(1000),
              namespaces: z.array(z.string().max(63)).min(1).optional(),
            }),
            z.strictObject({
              verbs: texts.optional(),
              nonResourceURLs: z
                .array(z.string().regex(/^\/[^*\s]*\*?$/))
                .min(1)
                .max(1000),
            }),
          ],
          'It is neither { resources } nor { nonResourceURLs } as the audit policy has them.',
        ),
      }),
    )
    .max(200);
}

/** A rule that names what a protected rule decides would do nothing, and whoever wrote it believes that it does. */
function pointless({ what }: AddedAuditRule, place: string): readonly Problem[] {
  if (!('resources' in what)) return [];
  const named = what.resources.flatMap(({ group, resources = [] }) =>
    resources.filter((resource) => !resource.includes('*')).map((resource) => ({ group, resource })),
  );
  return named.flatMap(({ group, resource }) => {
    const [name = '', subresource = ''] = resource.split('/');
    const guarantee = AUDIT_GUARANTEES.find(
      (one) => one.verbs === undefined && namesResource(one, group, name, subresource),
    );
    if (guarantee === undefined) return [];
    return [
      invalidProperty(
        `${place}.what.resources`,
        `${resource} is always logged at ${guarantee.least}: ${guarantee.what} have a rule that comes first.`,
        'Leave it out.',
      ),
    ];
  });
}

/** Silence has to be narrow: whoever can widen it can hide in it. */
function tooSilent({ who, what }: AddedAuditRule, place: string): readonly Problem[] {
  const problems: Problem[] = [];
  const refuse = (property: string, message: string, fix: string): void => {
    problems.push(invalidProperty(`${place}.${property}`, message, fix));
  };
  if (who?.users === undefined) {
    refuse('who.users', 'A rule that is silent names no user.', 'Name the users whose reads are noise.');
  }
  const reads: readonly string[] = READS;
  if (what.verbs === undefined || what.verbs.some((verb) => !reads.includes(verb))) {
    refuse(
      'what.verbs',
      `A rule that is silent is for ${what.verbs === undefined ? 'every verb' : what.verbs.join(', ')}.`,
      `Name some of ${READS.join(', ')}: what changes something is always logged.`,
    );
  }
  const wild =
    'resources' in what
      ? what.resources.some(
          ({ group, resources }) =>
            group === '*' || resources === undefined || resources.some((resource) => resource.includes('*')),
        )
      : what.nonResourceURLs.some((url) => url.length < 3);
  if (wild) {
    refuse('what', 'A rule that is silent is for resources that it does not name.', 'Name each resource.');
  }
  return problems;
}
