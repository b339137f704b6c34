import { ALL } from './holder';
import type { Permission } from './permission';
import { accountOf, accountUser } from './rbac';
import type { Step } from './technique';
import type { World } from './world';

/**
 * Where a right over service accounts leads: to all of a place, or to those of its names, in whatever namespace they are. An account that no
 * binding names is in groups that one may name.
 */
export function accountSteps(
  { namespace, names, because }: Permission,
  { subjects, namespaces }: World,
): readonly Step[] {
  if (names.length === 0) return [{ to: { kind: 'Accounts', name: namespace ?? ALL }, because }];
  if (namespace !== undefined)
    return names.map((name) => ({ to: { kind: 'User', name: accountUser(namespace, name) }, because }));
  const bound = subjects.filter(({ name }) => names.includes(accountOf(name)?.name ?? ''));
  const others = subjects.some(
    ({ kind, name }) => kind === 'Group' && name.startsWith('system:serviceaccounts'),
  )
    ? namespaces.flatMap((place) =>
        names.map((name) => ({ kind: 'User' as const, name: accountUser(place, name) })),
      )
    : [];
  return [...bound, ...others].map((to) => ({ to, because }));
}
