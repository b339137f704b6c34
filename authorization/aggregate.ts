import { listOf, mapOf } from '../reachability';
import type { Role, Rule } from './rbac';

/**
 * The rules of each ClusterRole, with those that its selectors take from others, as the controller of the cluster fills them in. A
 * role that takes from itself, or in a circle, takes each rule once.
 */
export function aggregatedRules(roles: readonly Role[]): ReadonlyMap<Role, readonly Rule[]> {
  const cluster = roles.filter(({ namespace }) => namespace === undefined);
  const takes = (role: Role): readonly Role[] =>
    cluster.filter(
      (other) => other !== role && role.aggregates!.some((selector) => matches(selector, other)),
    );
  const rulesOf = (role: Role, seen: ReadonlySet<Role>): readonly Rule[] => {
    if (role.aggregates === undefined) return role.rules;
    const open = new Set([...seen, role]);
    // What such a role says itself is written over.
    return takes(role)
      .filter((other) => !open.has(other))
      .flatMap((other) => rulesOf(other, open));
  };
  return new Map(roles.map((role) => [role, rulesOf(role, new Set())]));
}

function matches(selector: Readonly<Record<string, unknown>>, { labels }: Role): boolean {
  const wanted = Object.entries(mapOf(selector.matchLabels));
  const expressions = listOf(selector.matchExpressions);
  // An empty selector selects all.
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
