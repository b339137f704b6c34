import { CLUSTER } from '../holder';
import { bindingName } from '../rbac';
import type { Technique } from '../technique';

/** A rule without any limit: cluster-admin, by whatever name. */
export const allVerbs: Technique = {
  id: 'all-verbs',
  title: 'may do everything',
  source: 'CIS 5.1.1, 5.1.3',
  steps: (grants) =>
    grants.flatMap(({ namespace, rules, binding }) => {
      const isAll = rules.some(
        ({ verbs, apiGroups, resources, names }) =>
          verbs.includes('*') && apiGroups.includes('*') && resources.includes('*') && names.length === 0,
      );
      if (!isAll) return [];
      // Without a name it is no binding, but what was taken on the way.
      if (binding.name === '')
        return namespace === undefined ? [{ to: CLUSTER, because: 'everything everywhere' }] : [];
      const by = `(${bindingName(binding)})`;
      return namespace === undefined
        ? [{ to: CLUSTER, because: `everything everywhere ${by}` }]
        : [
            {
              to: { kind: 'Namespace' as const, name: namespace },
              because: `everything in ${namespace} ${by}`,
            },
          ];
    }),
};
