import { accountOf, bindingOf, keyOf, type Binding, type Subject } from '../authorization';
import type { Manifest } from '../constructs';
import { ADMINISTRATOR_GROUPS } from '../policies/administrators';
import type { AccessSubject } from './client/access';
import { pagesOf, type Api } from './client/list';
import { isOnlyPart } from './parts-of-kubernetes';

/** Somebody whom a binding names. */
export interface BoundSubject extends AccessSubject {
  /** The name by which bindings name it. */
  readonly subject: Subject;
  /** As a report calls it: `Group shop-developers`. */
  readonly label: string;
  /** The namespaces in which something is bound to it. */
  readonly namespaces: readonly string[];
}

/**
 * Everybody whom bindings give rights, but for known administrators and the parts of Kubernetes: people, groups, and applications. A part
 * that has more than Kubernetes and kubeadm give it is one of them.
 */
export function lesserSubjects(bindings: readonly Binding[]): readonly BoundSubject[] {
  const named = new Map(
    bindings.flatMap(({ subjects }) => subjects.map((subject) => [keyOf(subject), subject] as const)),
  );
  return [...named].flatMap(([label, subject]) => {
    const theirs = bindings.filter(({ subjects }) => subjects.some((one) => keyOf(one) === label));
    const identity = isOnlyPart(subject, theirs) ? undefined : identityOf(subject);
    if (identity === undefined) return [];
    const namespaces = [...new Set(theirs.flatMap(({ namespace }) => namespace ?? []))];
    return [{ ...identity, subject, label, namespaces }];
  });
}

/** Who it is to the authorizer; undefined for known administrators and the accounts of kube-system. */
function identityOf({ kind, name }: Subject): AccessSubject | undefined {
  if (kind === 'Group' && ADMINISTRATOR_GROUPS.includes(name)) return undefined;
  if (kind === 'Group')
    return { user: 'keelson-probe', groups: [...new Set([name, 'system:authenticated'])] };
  const account = accountOf(name);
  if (account === undefined) return { user: name, groups: ['system:authenticated'] };
  if (account.namespace === 'kube-system') return undefined;
  const all = 'system:serviceaccounts';
  return { user: name, groups: [all, `${all}:${account.namespace}`, 'system:authenticated'] };
}

/**
 * Every binding of a cluster.
 *
 * @throws Error where the API server does not list them
 */
export async function liveBindings(api: Api): Promise<readonly Binding[]> {
  const found: Binding[] = [];
  for (const kind of ['ClusterRoleBinding', 'RoleBinding']) {
    const source = `/apis/rbac.authorization.k8s.io/v1/${kind.toLowerCase()}s`;
    for await (const page of pagesOf(api, source)) {
      if (typeof page === 'number') throw new Error(`listing ${source} was answered ${page}`);
      for (const item of page) {
        const type = { apiVersion: 'rbac.authorization.k8s.io/v1', kind };
        const binding = bindingOf({ manifest: { ...type, ...(item as Manifest) }, source });
        if (binding !== undefined) found.push(binding);
      }
    }
  }
  return found;
}
