import type { Grant } from './authorizer';
import { accountOf, type Binding, type Role, type Rule, type Subject } from './rbac';
import type { World } from './world';

/**
 * Somebody, or something that somebody can get hold of on the way: everything in a namespace, every account of one, every user, root
 * on a node, the whole cluster.
 */
export type Holder =
  | Subject
  | { readonly kind: 'Namespace'; readonly name: string }
  /** A role that it can bind to itself, everywhere or in a namespace; the name tells both. */
  | {
      readonly kind: 'Role';
      readonly name: string;
      readonly role: Pick<Role, 'name' | 'namespace'>;
      readonly namespace?: string;
    }
  /** All service accounts of a namespace; of all where it is `*`. */
  | { readonly kind: 'Accounts'; readonly name: string }
  /** Whoever has a token in a pod of a namespace; of all where it is `*`. */
  | { readonly kind: 'Pods'; readonly name: string }
  /** Any user by name, and no group. */
  | { readonly kind: 'Users'; readonly name: '' }
  /** Any user and any group by name, but those that no certificate is signed for. */
  | { readonly kind: 'Anybody'; readonly name: '' }
  | { readonly kind: 'Node'; readonly name: '' }
  | { readonly kind: 'Cluster'; readonly name: '' };

/** Every namespace. */
export const ALL = '*';

/** The whole cluster, without a limit. */
export const CLUSTER: Holder = { kind: 'Cluster', name: '' };

/** Root on some node. */
export const NODE: Holder = { kind: 'Node', name: '' };

/** A role that is taken already needs no binding any more. */
const NONE: Binding = { name: '', role: { kind: '', name: '' }, subjects: [], source: '' };

/** A role that somebody binds to itself. */
export function boundRole(role: Pick<Role, 'name' | 'namespace'>, namespace: string | undefined): Holder {
  const { name, namespace: of } = role;
  const full = of === undefined ? name : `${of}/${name}`;
  return {
    ...{ kind: 'Role', name: `${full} ${namespace === undefined ? 'everywhere' : `in ${namespace}`}` },
    role: of === undefined ? { name } : { name, namespace: of },
    ...(namespace === undefined ? {} : { namespace }),
  };
}

const EVERYTHING: Rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], names: [], paths: [] };

/** What a holder is granted: by its own name and, as a user, by the groups that it is in whatever its issuer says. */
export function grantsOf(holder: Holder, { authorizer }: World): readonly Grant[] {
  if (holder.kind === 'Namespace') return [{ namespace: holder.name, rules: [EVERYTHING], binding: NONE }];
  if (holder.kind === 'Role') {
    const { namespace } = holder;
    const role = authorizer.role(holder.role.name, holder.role.namespace);
    if (role === undefined) return [];
    return [
      { ...(namespace === undefined ? {} : { namespace }), rules: authorizer.rulesOf(role), binding: NONE },
    ];
  }
  if (holder.kind !== 'User' && holder.kind !== 'Group') return [];
  return [holder, ...groupsOf(holder)].flatMap((subject) => authorizer.grantsTo(subject));
}

/** The groups that a user, or a member of a group, is in by itself. */
export function groupsOf({ kind, name }: Subject): readonly Subject[] {
  const groups = (...names: readonly string[]) => names.map((one) => ({ kind: 'Group' as const, name: one }));
  if (kind === 'Group') {
    const isEverybody = name === 'system:authenticated' || name === 'system:unauthenticated';
    return isEverybody ? [] : groups('system:authenticated');
  }
  const account = accountOf(name);
  if (account === undefined)
    return name === 'system:anonymous' ? groups('system:unauthenticated') : groups('system:authenticated');
  return groups(
    'system:serviceaccounts',
    `system:serviceaccounts:${account.namespace}`,
    'system:authenticated',
  );
}
