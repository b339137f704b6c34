import { listOf, mapOf } from '../reachability';
import type { Role, Rule } from './rbac';

/**
 * The rules of each ClusterRole, with those that its selectors take from others, as the controller of the cluster fills them in. What
 * a role takes by several ways, or in a circle, it takes once.
 */
export function aggregatedRules(roles: readonly Role[]): ReadonlyMap<Role, readonly Rule[]> {
  const cluster = roles.filter(({ namespace }) => namespace === undefined);
  const taken = new Map<Role, readonly Role[]>();
  const takes = (role: Role): readonly Role[] => {
    const known = taken.get(role);
    if (known !== undefined) return known;
    const selectors = role.aggregates ?? [];
    const found =
      selectors.length === 0
        ? []
        : cluster.filter((other) => selectors.some((selector) => selects(selector, other)));
    taken.set(role, found);
    return found;
  };
  return new Map(roles.map((role) => [role, rulesOf(role, takes)]));
}

/** Each role is looked at once: roles that all take from each other have more ways between them than can be counted. */
function rulesOf(role: Role, takes: (role: Role) => readonly Role[]): readonly Rule[] {
  // What such a role says itself is written over.
  if (role.aggregates === undefined) return role.rules;
  const reached = new Set([role]);
  // The set grows while it is walked.
  for (const one of reached) for (const other of takes(one)) reached.add(other);
  return [...reached].flatMap((one) => (one.aggregates === undefined ? one.rules : []));
}

/** Whether a label selector selects a role; an empty one selects all. */
function selects(selector: Readonly<Record<string, unknown>>, { labels }: Role): boolean {
  const wanted = Object.entries(mapOf(selector.matchLabels));
  const expressions = listOf(selector.matchExpressions);
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    expressions.every(({ key, operator, values }) => {
      const value = labels[String(key)];
      const among = Array.isArray(values) && values.includes(value);
      if (operator === 'In') return among;
      if (operator === 'NotIn') return !among;
      return operator === 'Exists' ? value !== undefined : operator === 'DoesNotExist' && value === undefined;
    })
  );
}
