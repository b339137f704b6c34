import { NODE } from '../holder';
import { permissions, together } from '../permission';
import type { Step, Technique } from '../technique';
import { workloadRights } from './create-workload';

/** Takes the labels of Pod Security off a namespace, or makes one without them, then makes a privileged pod there. */
export const relabelNamespace: Technique = {
  id: 'relabel-namespace',
  title: 'makes a namespace admit privileged pods, and is root on the node',
  source: 'T1610, T1562; CIS 5.2.1',
  steps: (grants) => {
    const may = (verbs: readonly string[], subresource?: string) =>
      permissions(grants, { verbs, group: '', resource: 'namespaces', subresource });
    const workloads = workloadRights(grants);
    // A namespace is asked for in itself: a role in it can allow that, and a name is the place.
    // Who writes its status, or finalizes it, writes its labels too.
    const relabel = [undefined, 'status', 'finalize']
      .flatMap((part) => may(['update', 'patch'], part))
      .flatMap((one) =>
        one.names.length === 0
          ? [one]
          : one.names.map((name) => ({ ...one, namespace: one.namespace ?? name })),
      );
    const create = may(['create']).filter(({ namespace }) => namespace === undefined);
    const anywhere = workloads.filter(({ namespace }) => namespace === undefined);
    return [...together(relabel, workloads), ...together(create, anywhere)].map(({ because }): Step => ({
      to: NODE,
      because,
    }));
  },
};
