import type { Grant } from './authorizer';
import { ALL } from './holder';
import { covers, permissions, together, type Permission } from './permission';
import type { Binding } from './rbac';
import type { World } from './world';

const RBAC = 'rbac.authorization.k8s.io';

/** Where somebody can give itself a role. */
export interface Place {
  /** `*` for each namespace; undefined for the cluster, at once. */
  readonly namespace?: string;
  readonly because: string;
}

/** A role, by what a binding calls it. */
export interface RoleName {
  readonly kind: 'Role' | 'ClusterRole';
  /** Undefined for a name that is free to choose. */
  readonly name?: string;
  /** Of a Role; undefined for one in whatever namespace. */
  readonly namespace?: string;
}

/**
 * Everywhere that somebody can bind a role to itself without having its rights: by the verb `bind` on it, and a binding that it makes,
 * or one that gives the role already and that it changes.
 */
export function placesToGive(
  grants: readonly Grant[],
  { bindings }: World,
  role: RoleName,
): readonly Place[] {
  const { kind, name, namespace } = role;
  const resource = kind === 'Role' ? 'roles' : 'clusterroles';
  const may = permissions(grants, { verbs: ['bind'], group: RBAC, resource })
    .filter((one) => name === undefined || covers(one, name))
    .filter((one) => namespace === undefined || (one.namespace ?? namespace) === namespace)
    .map((one) => (namespace === undefined ? one : { ...one, namespace }));
  if (may.length === 0) return [];
  const write = (what: string, verbs: readonly string[]) =>
    permissions(grants, { verbs, group: RBAC, resource: what });
  const there = name === undefined ? [] : bindings.filter((one) => gives(one, role));
  const changed = (what: string, among: readonly Binding[]): readonly Permission[] =>
    among.length === 0
      ? []
      : write(what, ['update', 'patch']).flatMap((one) =>
          among
            .filter((binding) => covers(one, binding.name))
            .filter((binding) => (one.namespace ?? binding.namespace) === binding.namespace)
            .map((binding) => ({ ...one, ...(binding.namespace && { namespace: binding.namespace }) })),
        );
  const made = (what: string) => write(what, ['create']).filter(({ names }) => names.length === 0);
  const inCluster = [
    ...made('clusterrolebindings'),
    ...changed(
      'clusterrolebindings',
      there.filter((one) => one.namespace === undefined),
    ),
  ].filter((one) => one.namespace === undefined);
  const inNamespaces = [
    ...made('rolebindings'),
    ...changed(
      'rolebindings',
      there.filter((one) => one.namespace !== undefined),
    ),
  ];
  const everywhere = kind === 'Role' ? [] : may.filter((one) => one.namespace === undefined);
  return [
    ...together(everywhere, inCluster).map(({ because }) => ({ because })),
    ...together(may, inNamespaces).map(({ because, namespace: at = ALL }) => ({ namespace: at, because })),
  ];
}

function gives({ role, namespace: at }: Binding, { kind, name, namespace }: RoleName): boolean {
  return role.kind === kind && role.name === name && (namespace === undefined || at === namespace);
}
