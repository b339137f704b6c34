import type { Grant } from '../authorizer';
import { CLUSTER } from '../holder';
import { permissions, together } from '../permission';
import type { Step, Technique } from '../technique';
import type { World } from '../world';

const RBAC = 'rbac.authorization.k8s.io';

/** Writes a ClusterRole whose labels make the controller add it to a role that it has itself. */
export const feedAggregation: Technique = {
  id: 'feed-aggregation',
  title: 'writes a role that is added to one that it has itself',
  source: 'T1098.006; Kubernetes, Using RBAC authorization: aggregated ClusterRoles',
  steps: (grants, world) => {
    const may = (verbs: readonly string[]) =>
      permissions(grants, { verbs, group: RBAC, resource: 'clusterroles' }).filter(
        ({ namespace, names }) => namespace === undefined && names.length === 0,
      );
    return together(may(['create', 'update', 'patch']), may(['escalate'])).flatMap(({ because }) =>
      grants
        .filter((grant) => isFed(grant, world))
        .map(({ namespace, binding }): Step => ({
          to: namespace === undefined ? CLUSTER : { kind: 'Namespace', name: namespace },
          because: `${because}, which ${binding.role.name} takes`,
        })),
    );
  },
};

function isFed({ binding }: Grant, { authorizer }: World): boolean {
  return binding.role.kind === 'ClusterRole' && authorizer.takesFromOthers(binding.role.name);
}
