import { accountSteps } from '../account-steps';
import { permissions } from '../permission';
import type { Technique } from '../technique';

/** Asks for a token of a service account. */
export const createToken: Technique = {
  id: 'create-token',
  title: 'makes a token of a service account',
  source: 'T1528; CIS 5.1.13',
  steps: (grants, world) =>
    permissions(grants, {
      verbs: ['create'],
      group: '',
      resource: 'serviceaccounts',
      subresource: 'token',
    }).flatMap((one) => accountSteps(one, world)),
};
