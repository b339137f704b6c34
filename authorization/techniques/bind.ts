import type { Grant } from '../authorizer';
import { boundRole, CLUSTER, type Holder } from '../holder';
import { clusterWide, covers, permissions, together, type Permission } from '../permission';
import { RBAC, STRONGEST, type Role } from '../rbac';
import type { Step, Technique } from '../technique';
import type { World } from '../world';

/** Binds a stronger role to itself, past the check that nobody gives what they do not have. */
export const bind: Technique = {
  id: 'bind',
  title: 'binds a stronger role to itself',
  source: 'T1098.006; CIS 5.1.8',
  steps: (grants, world) => [...newBindings(grants, world), ...bindingsThatAreThere(grants, world)],
};

function newBindings(grants: readonly Grant[], world: World): readonly Step[] {
  const create = { verbs: ['create'], group: RBAC };
  const inCluster = clusterWide(grants, { ...create, resource: 'clusterrolebindings' });
  const inNamespaces = permissions(grants, { ...create, resource: 'rolebindings' });
  return rights(grants).flatMap(({ kind, right }) => [
    ...(kind === 'clusterroles' && right.namespace === undefined ? together([right], inCluster) : []).flatMap(
      ({ because }) => rolesOf(kind, right, undefined, world).map((to) => ({ to, because })),
    ),
    ...together([right], inNamespaces).flatMap(({ namespace, because }) =>
      (namespace === undefined ? [...world.namespaces, 'kube-system'] : [namespace]).flatMap((place) =>
        rolesOf(kind, right, place, world).map((to) => ({ to, because })),
      ),
    ),
  ]);
}

/** Adds itself to a binding of a role that it may bind. */
function bindingsThatAreThere(
  grants: readonly Grant[],
  { bindingsIn, bindings, authorizer }: World,
): readonly Step[] {
  const write = (resource: string) =>
    permissions(grants, { verbs: ['update', 'patch'], group: RBAC, resource });
  const writes = { clusterrolebindings: write('clusterrolebindings'), rolebindings: write('rolebindings') };
  if (writes.clusterrolebindings.length + writes.rolebindings.length === 0) return [];
  const may = rights(grants);
  if (may.length === 0) return [];
  const places = new Set([...writes.clusterrolebindings, ...writes.rolebindings].map((one) => one.namespace));
  const inReach = places.has(undefined) ? bindings : [...places].flatMap((place) => bindingsIn(place!));
  return inReach.flatMap((binding) => {
    const { name, namespace } = binding;
    const role = authorizer.roleOf(binding);
    if (role === undefined) return [];
    const holds = (one: Permission): boolean => one.namespace === undefined || one.namespace === namespace;
    const written = writes[namespace === undefined ? 'clusterrolebindings' : 'rolebindings'].find(
      (one) => holds(one) && covers(one, name),
    );
    const kind = role.namespace === undefined ? 'clusterroles' : 'roles';
    const bound = may.find((one) => one.kind === kind && holds(one.right) && covers(one.right, role.name));
    if (written === undefined || bound === undefined) return [];
    return [{ to: holderOf(role, namespace), because: `${written.because} and ${bound.right.because}` }];
  });
}

interface BindRight {
  readonly kind: 'clusterroles' | 'roles';
  readonly right: Permission;
}

function rights(grants: readonly Grant[]): readonly BindRight[] {
  return (['clusterroles', 'roles'] as const).flatMap((kind) =>
    permissions(grants, { verbs: ['bind'], group: RBAC, resource: kind }).map((right) => ({ kind, right })),
  );
}

/** What a right to bind leads to in a place: the strongest of all, or what it names. */
function rolesOf(
  kind: BindRight['kind'],
  right: Permission,
  place: string | undefined,
  { authorizer, roles }: World,
): readonly Holder[] {
  if (kind === 'clusterroles' && covers(right, STRONGEST)) return [holderOf({ name: STRONGEST }, place)];
  if (kind === 'clusterroles')
    return right.names
      .filter((name) => authorizer.role(name) !== undefined)
      .map((name) => holderOf({ name }, place));
  return roles
    .filter(({ name, namespace }) => namespace !== undefined && namespace === place && covers(right, name))
    .map((role) => holderOf(role, place));
}

function holderOf(role: Pick<Role, 'name' | 'namespace'>, place: string | undefined): Holder {
  if (role.name !== STRONGEST || role.namespace !== undefined) return boundRole(role, place);
  return place === undefined ? CLUSTER : { kind: 'Namespace', name: place };
}
