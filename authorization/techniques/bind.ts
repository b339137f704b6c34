import { placesToGive } from '../give-role';
import { ALL, CLUSTER } from '../holder';
import type { Step, Technique } from '../technique';

/** Binds the strongest role to itself, past the check that nobody gives what they do not have. */
export const bind: Technique = {
  id: 'bind',
  title: 'binds cluster-admin to itself',
  source: 'T1098.006; CIS 5.1.8',
  steps: (grants, world) =>
    placesToGive(grants, world, { kind: 'ClusterRole', name: 'cluster-admin' }).map(
      ({ namespace, because }): Step => ({
        to:
          namespace === undefined
            ? CLUSTER
            : { kind: 'Namespace', name: namespace === ALL ? 'kube-system' : namespace },
        because,
      }),
    ),
};
