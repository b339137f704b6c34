import { permissions } from '../permission';
import type { Step, Technique } from '../technique';

/** Writes a token with which nodes join, and is in their group. */
export const joinToken: Technique = {
  id: 'join-token',
  title: 'writes a token with which nodes join',
  source: 'T1136; Kubernetes, Authenticating with bootstrap tokens',
  steps: (grants, { subjects }) =>
    permissions(grants, { verbs: ['create'], group: '', resource: 'secrets' })
      .filter(({ namespace = 'kube-system' }) => namespace === 'kube-system')
      .flatMap(({ because }) =>
        subjects
          .filter(({ kind, name }) => kind === 'Group' && /^system:bootstrappers(:|$)/.test(name))
          .map((to): Step => ({ to, because })),
      ),
};
