import { ALL } from './holder';
import type { Permission } from './permission';
import { accountOf, accountUser } from './rbac';
import type { Step } from './technique';
import type { World } from './world';

/** Where a right over service accounts leads: to all of a place, or to those of its names, in whatever namespace they are. */
export function accountSteps(
  { namespace, names, because }: Permission,
  { subjects }: World,
): readonly Step[] {
  if (names.length === 0) return [{ to: { kind: 'Accounts', name: namespace ?? ALL }, because }];
  if (namespace !== undefined)
    return names.map((name) => ({ to: { kind: 'User', name: accountUser(namespace, name) }, because }));
  return subjects
    .filter(({ name }) => names.includes(accountOf(name)?.name ?? ''))
    .map((to) => ({ to, because }));
}
