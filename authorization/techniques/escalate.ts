import type { Grant } from '../authorizer';
import { CLUSTER, type Holder } from '../holder';
import { covers, permissions, together, type Permission } from '../permission';
import { RBAC } from '../rbac';
import type { Step, Technique } from '../technique';
import type { World } from '../world';

/** Writes more rights into a role that it has itself, past the check that nobody gives what they do not have. */
export const escalate: Technique = {
  id: 'escalate',
  title: 'gives a role that it has itself more rights',
  source: 'T1098.006; CIS 5.1.8',
  steps: (grants, world) => [
    ...changedRoles(grants),
    ...aggregated(grants, world),
    ...newRoles(grants),
    ...othersRoles(grants, world),
  ],
};

const may = (grants: readonly Grant[], verbs: readonly string[], resource: string): readonly Permission[] =>
  permissions(grants, { verbs, group: RBAC, resource });

/** Changes a role that it has: what it then allows, it allows where it is bound. */
function changedRoles(grants: readonly Grant[]): readonly Step[] {
  return grants.flatMap(({ binding: { role, namespace } }) => {
    const resource =
      role.kind === 'Role' ? 'roles' : role.kind === 'ClusterRole' ? 'clusterroles' : undefined;
    if (resource === undefined) return [];
    const fits = (one: Permission): boolean =>
      covers(one, role.name) &&
      (one.namespace === undefined || (role.kind === 'Role' && one.namespace === namespace));
    const write = may(grants, ['update', 'patch'], resource).find(fits);
    const extra = may(grants, ['escalate'], resource).find(fits);
    if (write === undefined || extra === undefined) return [];
    return [{ to: placeOf(namespace), because: both(write, extra) }];
  });
}

/** Makes a ClusterRole whose rules are taken into one that it has, or changes one to be so: its rules, and its labels. */
function aggregated(grants: readonly Grant[], { authorizer, roles }: World): readonly Step[] {
  const everywhere = (...verbs: readonly string[]) => may(grants, verbs, 'clusterroles').filter(isEverywhere);
  const [creates, writes, extras] = [
    everywhere('create'),
    everywhere('update', 'patch'),
    everywhere('escalate'),
  ];
  const unlimited = (all: readonly Permission[]) => all.find(({ names }) => names.length === 0);
  const [create, extra] = [unlimited(creates), unlimited(extras)];
  const named = roles.filter(({ namespace }) => namespace === undefined).map(({ name }) => name);
  const changed = named.flatMap((name) => {
    const [write, more] = [writes, extras].map((all) => all.find((one) => covers(one, name)));
    return write === undefined || more === undefined ? [] : [both(write, more)];
  })[0];
  const because = create === undefined || extra === undefined ? changed : both(create, extra);
  if (because === undefined) return [];
  return grants
    .filter(({ binding }) => authorizer.roleOf(binding)?.aggregates !== undefined)
    .map(({ namespace }) => ({ to: placeOf(namespace), because }));
}

/** Makes a role of a namespace, and binds it. */
function newRoles(grants: readonly Grant[]): readonly Step[] {
  const unlimited = (verb: string) => may(grants, [verb], 'roles').filter(({ names }) => names.length === 0);
  const roles = together(may(grants, ['create'], 'roles'), unlimited('escalate'));
  const bindings = together(may(grants, ['create'], 'rolebindings'), unlimited('bind'));
  const named = (all: typeof roles) => all.map((one) => ({ ...one, names: [] }));
  return together(named(roles), named(bindings)).map(({ namespace, because }) => ({
    to: { kind: 'Namespace', name: namespace ?? 'kube-system' } as const,
    because,
  }));
}

/** Changes a role that is there and binds it. */
function othersRoles(grants: readonly Grant[], { roles }: World): readonly Step[] {
  return (['clusterroles', 'roles'] as const).flatMap((resource) => {
    const [write, extra, bound] = [['update', 'patch'], ['escalate'], ['bind']].map((verbs) =>
      may(grants, verbs, resource),
    ) as [readonly Permission[], readonly Permission[], readonly Permission[]];
    if (write.length === 0 || extra.length === 0 || bound.length === 0) return [];
    const create = (binding: string) => may(grants, ['create'], binding);
    const places = [
      ...(resource === 'clusterroles' ? create('clusterrolebindings').filter(isEverywhere) : []).map(
        ({ because }) => ({ to: CLUSTER, because, namespace: undefined }),
      ),
      ...create('rolebindings').map(({ namespace = 'kube-system', because }) => ({
        ...{ to: { kind: 'Namespace', name: namespace } as const, because, namespace },
      })),
    ];
    const isThere = roles.filter((role) => (role.namespace === undefined) === (resource === 'clusterroles'));
    return places.flatMap(({ to, because, namespace }) => {
      const fits = (one: Permission): boolean => one.namespace === undefined || one.namespace === namespace;
      const role = isThere.find(
        ({ name, namespace: of }) =>
          (of === undefined || of === namespace) &&
          [write, extra, bound].every((all) => all.some((one) => fits(one) && covers(one, name))),
      );
      if (role === undefined) return [];
      const why = [write, extra, bound].map(
        (all) => all.find((one) => fits(one) && covers(one, role.name))!.because,
      );
      return [{ to, because: [...new Set([...why, because])].join(' and ') }];
    });
  });
}

function isEverywhere({ namespace }: Permission): boolean {
  return namespace === undefined;
}

function placeOf(namespace: string | undefined): Holder {
  return namespace === undefined ? CLUSTER : { kind: 'Namespace', name: namespace };
}

function both(one: Permission, other: Permission): string {
  return one.because === other.because ? one.because : `${one.because} and ${other.because}`;
}
