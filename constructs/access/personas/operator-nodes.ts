import type { Construct } from 'constructs';
import type { Problem } from '../../../model';
import { SelfManagedCluster } from '../../cluster/self-managed-cluster';
import { Personas } from './personas';

/**
 * What is wrong with the nodes that operators may patch, by the machines of the clusters that stand in the same tree: one of the control
 * plane would be theirs without its taint, and a name that no machine has yet is that of whoever joins with it. Source: NET-2, AUTH-3.
 */
export function operatorNodeProblems(root: Construct): readonly Problem[] {
  const clusters = SelfManagedCluster.allIn(root);
  if (clusters.length === 0) return [];
  const machines = clusters.flatMap((cluster) => cluster.machines);
  const workers = machines.filter(({ role }) => role === 'worker').map(({ name }) => name);
  const roles = new Map(machines.map(({ name, role }) => [name, role]));
  return root.node
    .findAll()
    .filter((construct) => construct instanceof Personas)
    .flatMap(({ node, operatorNodes }) =>
      operatorNodes.flatMap((name, index): readonly Problem[] => {
        if (workers.includes(name)) return [];
        const role = roles.get(name);
        return [
          {
            code: 'construct/invalid',
            where: `${node.path}.operator.nodes[${index}]`,
            message: `"${name}" is ${role === undefined ? 'no machine of the cluster' : `a machine of the cluster with the role ${role}`}.`,
            fix: `Name workers: ${workers.join(', ') || 'the cluster has none'}.`,
          },
        ];
      }),
    );
}
