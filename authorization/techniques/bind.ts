import { CLUSTER } from '../holder';
import { covers, permissions, together } from '../permission';
import type { Step, Technique } from '../technique';

const RBAC = 'rbac.authorization.k8s.io';
const STRONGEST = 'cluster-admin';

/** Binds the strongest role to itself, past the check that nobody gives what they do not have. */
export const bind: Technique = {
  id: 'bind',
  title: 'binds cluster-admin to itself',
  source: 'T1098.006; CIS 5.1.8',
  steps: (grants) => {
    const may = permissions(grants, { verbs: ['bind'], group: RBAC, resource: 'clusterroles' }).filter(
      (one) => covers(one, STRONGEST),
    );
    const everywhere = permissions(grants, {
      verbs: ['create'],
      group: RBAC,
      resource: 'clusterrolebindings',
    });
    const somewhere = permissions(grants, { verbs: ['create'], group: RBAC, resource: 'rolebindings' });
    const inCluster = together(
      may.filter(({ namespace }) => namespace === undefined),
      everywhere.filter(({ namespace, names }) => namespace === undefined && names.length === 0),
    );
    const inNamespaces = together(
      may,
      somewhere.filter(({ names }) => names.length === 0),
    );
    return [
      ...inCluster.map(({ because }): Step => ({ to: CLUSTER, because })),
      ...inNamespaces.map(({ namespace, because }): Step => ({
        to: { kind: 'Namespace', name: namespace ?? 'kube-system' },
        because,
      })),
    ];
  },
};
