import { accountSteps } from '../account-steps';
import { permissions } from '../permission';
import { accountOf } from '../rbac';
import type { Step, Technique } from '../technique';

/** Acts as somebody else: a user, whoever is in a group, or a service account. */
export const impersonate: Technique = {
  id: 'impersonate',
  title: 'acts as somebody else',
  source: 'T1078, T1550.001; CIS 5.1.8',
  steps: (grants, world) => {
    const may = (resource: string) =>
      permissions(grants, { verbs: ['impersonate'], group: '', resource }).filter(
        ({ namespace }) => resource === 'serviceaccounts' || namespace === undefined,
      );
    const users = may('users').flatMap(({ names, because }): readonly Step[] =>
      names.length === 0
        ? [{ to: { kind: 'Users', name: '' }, because }]
        : // A service account is asked for as one, and not as a user.
          names
            .filter((name) => accountOf(name) === undefined)
            .map((name) => ({ to: { kind: 'User', name }, because })),
    );
    const accounts = may('serviceaccounts');
    const ofAccounts = accounts.flatMap((one) => accountSteps(one, world));
    // A group alone cannot be impersonated: a user, or an account, comes with it, and neither has to exist.
    const isSomebody = users.length + accounts.length > 0;
    const groups = isSomebody
      ? may('groups').flatMap(({ names, because }): readonly Step[] =>
          (names.length === 0 ? ['system:masters'] : names).map((name) => ({
            to: { kind: 'Group', name },
            because,
          })),
        )
      : [];
    return [...users, ...ofAccounts, ...groups];
  },
};
