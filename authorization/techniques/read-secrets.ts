import { ALL } from '../holder';
import { covers, permissions, together } from '../permission';
import type { Step, Technique } from '../technique';

/** Reads a Secret that is a token of an account for good, or makes one and reads it. */
export const readSecrets: Technique = {
  id: 'read-secrets',
  title: 'reads a token out of a Secret',
  source: 'T1552.007; CIS 5.1.2',
  steps: (grants, { tokenSecrets }) => {
    const read = permissions(grants, { verbs: ['get', 'list', 'watch'], group: '', resource: 'secrets' });
    const made = permissions(grants, { verbs: ['create'], group: '', resource: 'secrets' });
    const found = read.flatMap((one) =>
      tokenSecrets
        .filter(({ namespace, name }) => (one.namespace ?? namespace) === namespace && covers(one, name))
        .map(({ user }): Step => ({ to: { kind: 'User', name: user }, because: one.because })),
    );
    const asked = together(read, made).map(({ namespace, because }): Step => ({
      to: { kind: 'Accounts', name: namespace ?? ALL },
      because,
    }));
    return [...found, ...asked];
  },
};
