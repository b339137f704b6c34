import type { Grant } from './authorizer';
import { placesToGive, type RoleName } from './give-role';
import { ALL } from './holder';
import { permissions } from './permission';
import type { Rule } from './rbac';
import type { World } from './world';

const RBAC = 'rbac.authorization.k8s.io';

/** A role that somebody can give itself, and how. */
export interface Raise {
  readonly grant: Grant;
  readonly because: string;
}

/** Every role that somebody can give itself, with those that these let it give itself. */
export function raises(own: readonly Grant[], world: World): readonly Raise[] {
  const all = new Map<string, Raise>();
  // Each turn adds a role, and there is an end to them.
  for (let size = -1; size < all.size;) {
    size = all.size;
    const held = [...own, ...[...all.values()].map(({ grant }) => grant)];
    for (const raise of direct(held, world)) {
      const { namespace = '', binding } = raise.grant;
      const key = `${namespace} ${binding.role.kind} ${binding.role.name}`;
      if (!all.has(key)) all.set(key, raise);
    }
  }
  return [...all.values()];
}

function direct(grants: readonly Grant[], world: World): readonly Raise[] {
  const roles = namedRoles(grants, world);
  if (roles.length === 0) return [];
  // Where the strongest can be bound, no other role is more.
  const taken = new Set(
    placesToGive(grants, world, { kind: 'ClusterRole', name: 'cluster-admin' }).map((one) => one.namespace),
  );
  if (taken.has(undefined) || taken.has(ALL)) return [];
  return roles.flatMap((role) => {
    const rules = world.authorizer.rulesOf(role.kind, role.name!, role.namespace);
    if (rules === undefined || rules.length === 0) return [];
    return placesToGive(grants, world, role).flatMap(({ namespace, because }) =>
      (namespace === ALL ? world.namespaces : [namespace])
        .filter((at) => !taken.has(at))
        .map((at) => ({ grant: grantOf(role, rules, at), because })),
    );
  });
}

/**
 * The roles that `bind` names, and those of namespaces. Without a name it lets cluster-admin be bound, which is a way by itself, but
 * where only bindings that are there can be changed: so the roles of these count.
 */
function namedRoles(grants: readonly Grant[], { authorizer, bindings }: World): readonly RoleName[] {
  const may = (resource: string) => permissions(grants, { verbs: ['bind'], group: RBAC, resource });
  const ofCluster = may('clusterroles');
  const changes = (resource: string) =>
    permissions(grants, { verbs: ['update', 'patch'], group: RBAC, resource }).length > 0;
  const bound =
    ofCluster.some(({ names }) => names.length === 0) &&
    (changes('clusterrolebindings') || changes('rolebindings'))
      ? bindings.filter(({ role }) => role.kind === 'ClusterRole').map(({ role }) => role.name)
      : [];
  const ofNamespaces = may('roles');
  return [
    ...[...new Set([...ofCluster.flatMap(({ names }) => names), ...bound])].map((name): RoleName => ({
      kind: 'ClusterRole',
      name,
    })),
    ...(ofNamespaces.length === 0 ? [] : authorizer.roles)
      .filter(({ namespace }) => namespace !== undefined)
      .filter(({ namespace }) => ofNamespaces.some((one) => (one.namespace ?? namespace) === namespace))
      .map(({ name, namespace }): RoleName => ({ kind: 'Role', name, namespace: namespace! })),
  ];
}

function grantOf({ kind, name }: RoleName, rules: readonly Rule[], namespace: string | undefined): Grant {
  const where = namespace === undefined ? {} : { namespace };
  const binding = { name: `of ${name} to itself`, ...where, role: { kind, name: name! }, subjects: [] };
  return { ...where, rules, binding: { ...binding, source: '' } };
}
