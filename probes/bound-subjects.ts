import { ADMINISTRATORS_GROUP, BREAK_GLASS_GROUP } from '../constructs/control-plane';
import type { AccessSubject } from './client/access';
import { pagesOf, type Api } from './client/list';

/** Groups that may do everything, and that everybody knows of. */
const ADMINISTRATORS: readonly string[] = [
  'system:masters',
  'kubeadm:cluster-admins',
  ADMINISTRATORS_GROUP,
  BREAK_GLASS_GROUP,
];

/** Names of Kubernetes that stand for people and applications, and not for parts of the control plane. */
const OPEN_GROUPS =
  /^system:(authenticated|unauthenticated|anonymous|serviceaccounts|serviceaccounts:(?!kube-system$).+)$/;

/** Somebody whom a binding names. */
export interface BoundSubject extends AccessSubject {
  /** As a report calls it: `group shop-developers`. */
  readonly label: string;
  /** The namespaces in which something is bound to it. */
  readonly namespaces: readonly string[];
}

interface Binding {
  readonly metadata: { readonly namespace?: string };
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

/**
 * Everybody whom a binding gives rights, but for known administrators and for the parts of Kubernetes itself: people, their groups,
 * and the accounts of applications.
 *
 * @throws Error where the API server does not list bindings
 */
export async function lesserSubjects(api: Api): Promise<readonly BoundSubject[]> {
  const found = new Map<string, BoundSubject & { namespaces: string[] }>();
  for (const resource of ['clusterrolebindings', 'rolebindings']) {
    const path = `/apis/rbac.authorization.k8s.io/v1/${resource}`;
    for await (const page of pagesOf(api, path)) {
      if (typeof page === 'number') throw new Error(`listing ${resource} was answered ${page}`);
      for (const { metadata, subjects = [] } of page as readonly Binding[]) {
        for (const subject of subjects) {
          const identity = identityOf(subject, metadata.namespace);
          if (identity === undefined) continue;
          const known = found.get(identity.label) ?? { ...identity, namespaces: [] };
          if (metadata.namespace !== undefined) known.namespaces.push(metadata.namespace);
          found.set(identity.label, known);
        }
      }
    }
  }
  return [...found.values()].map((one) => ({ ...one, namespaces: [...new Set(one.namespaces)] }));
}

/** Whom a binding names. */
export type Subject = NonNullable<Binding['subjects']>[number];

/**
 * Who somebody is to the authorizer whom a binding names; undefined for known administrators and the parts of Kubernetes.
 *
 * @param bound the namespace of the binding
 */
export function identityOf(
  { kind, name, namespace: own }: Subject,
  bound?: string,
): (AccessSubject & { readonly label: string }) | undefined {
  const namespace = own ?? bound ?? '';
  if (kind === 'ServiceAccount') {
    if (namespace === 'kube-system') return undefined;
    return {
      label: `account ${namespace}/${name}`,
      user: `system:serviceaccount:${namespace}:${name}`,
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    };
  }
  if (ADMINISTRATORS.includes(name)) return undefined;
  if (name.startsWith('system:') && !OPEN_GROUPS.test(name)) return undefined;
  const label = `${kind.toLowerCase()} ${name}`;
  return kind === 'Group'
    ? { label, user: 'keelson-probe', groups: [...new Set([name, 'system:authenticated'])] }
    : { label, user: name, groups: ['system:authenticated'] };
}
