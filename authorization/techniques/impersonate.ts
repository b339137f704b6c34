import { accountUser } from '../rbac';
import { ALL } from '../holder';
import { permissions } from '../permission';
import type { Step, Technique } from '../technique';

/** Acts as somebody else: a user, whoever is in a group, or a service account. */
export const impersonate: Technique = {
  id: 'impersonate',
  title: 'acts as somebody else',
  source: 'T1078, T1550.001; CIS 5.1.8',
  steps: (grants) => {
    const may = (resource: string) =>
      permissions(grants, { verbs: ['impersonate'], group: '', resource }).filter(
        ({ namespace }) => resource === 'serviceaccounts' || namespace === undefined,
      );
    const users = may('users').flatMap(({ names, because }): readonly Step[] =>
      names.length === 0
        ? [{ to: { kind: 'Users', name: '' }, because }]
        : names.map((name) => ({ to: { kind: 'User', name }, because })),
    );
    const accounts = may('serviceaccounts');
    const ofAccounts = accounts.flatMap(({ namespace, names, because }): readonly Step[] =>
      names.length === 0
        ? [{ to: { kind: 'Accounts', name: namespace ?? ALL }, because }]
        : namespace === undefined
          ? []
          : names.map((name) => ({ to: { kind: 'User', name: accountUser(namespace, name) }, because })),
    );
    // A group alone cannot be impersonated: a user, or an account, comes with it.
    const isSomebody = users.length + ofAccounts.length > 0;
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
