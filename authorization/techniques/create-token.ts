import { accountUser } from '../rbac';
import { ALL } from '../holder';
import { permissions } from '../permission';
import type { Step, Technique } from '../technique';

/** Asks for a token of a service account. */
export const createToken: Technique = {
  id: 'create-token',
  title: 'makes a token of a service account',
  source: 'T1528; CIS 5.1.13',
  steps: (grants) =>
    permissions(grants, {
      verbs: ['create'],
      group: '',
      resource: 'serviceaccounts',
      subresource: 'token',
    }).flatMap(({ namespace, names, because }): readonly Step[] =>
      names.length === 0
        ? [{ to: { kind: 'Accounts', name: namespace ?? ALL }, because }]
        : namespace === undefined
          ? []
          : names.map((name) => ({ to: { kind: 'User', name: accountUser(namespace, name) }, because })),
    ),
};
