import type { Grant } from '../authorizer';
import { placesToGive, type RoleName } from '../give-role';
import { ALL, CLUSTER } from '../holder';
import { covers, permissions, together, type Permission } from '../permission';
import type { Step, Technique } from '../technique';
import type { World } from '../world';

const RBAC = 'rbac.authorization.k8s.io';

/** Writes whatever it likes into a role that is not its own, past the check, and binds that to itself. */
export const makeRole: Technique = {
  id: 'make-role',
  title: 'writes a role with everything in it, and binds it to itself',
  source: 'T1098.006; CIS 5.1.8',
  steps: (grants, world) => [
    ...stepsWith(grants, world, 'Role', 'roles'),
    ...stepsWith(grants, world, 'ClusterRole', 'clusterroles'),
  ],
};

function stepsWith(
  grants: readonly Grant[],
  world: World,
  kind: RoleName['kind'],
  resource: string,
): readonly Step[] {
  const may = (verbs: readonly string[]) =>
    permissions(grants, { verbs, group: RBAC, resource }).filter(
      ({ namespace }) => kind === 'Role' || namespace === undefined,
    );
  const extra = may(['escalate']);
  if (extra.length === 0) return [];
  const unnamed = ({ names }: Permission) => names.length === 0;
  const made = together(may(['create']).filter(unnamed), extra.filter(unnamed)).map((written) => ({
    written,
    role: { kind } as RoleName,
  }));
  const changes = may(['update', 'patch']);
  const changed = (changes.length === 0 ? [] : world.authorizer.roles)
    .filter(({ namespace }) => (namespace === undefined) === (kind === 'ClusterRole'))
    .flatMap(({ name, namespace }) => {
      const here = (list: readonly Permission[]) =>
        list.filter((one) => covers(one, name) && (one.namespace ?? namespace) === namespace);
      const role: RoleName = { kind, name, ...(namespace === undefined ? {} : { namespace }) };
      return together(here(changes), here(extra)).map((written) => ({ written, role }));
    });
  return [...made, ...changed].flatMap(({ written, role }) =>
    placesToGive(grants, world, role)
      .filter((place) => kind === 'ClusterRole' || isSame(written.namespace, place.namespace))
      .map(({ namespace, because }): Step => ({
        to: namespace === undefined ? CLUSTER : namespaceOf(namespace, written.namespace),
        because: because === written.because ? because : `${written.because} and ${because}`,
      })),
  );
}

/** A Role is bound where it is. */
function isSame(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === ALL || one === other;
}

function namespaceOf(place: string, written: string | undefined): Step['to'] {
  return { kind: 'Namespace', name: place === ALL ? (written ?? 'kube-system') : place };
}
