import type { Manifest } from '../constructs';
import { listOf, mapOf, textOf, type Loose } from '../reachability';

/** A Kubernetes object, and where it was declared. */
export interface AccessObject {
  readonly manifest: Manifest;
  /** Construct path, file, or address of the API server. */
  readonly source: string;
}

/** A rule of a role, with what RBAC reads a missing list as. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** The objects it is limited to; none for all. */
  readonly names: readonly string[];
  /** Paths of the API server that are no resources. */
  readonly paths: readonly string[];
}

/** A Role or ClusterRole. */
export interface Role {
  readonly name: string;
  /** Undefined for a ClusterRole. */
  readonly namespace?: string;
  readonly rules: readonly Rule[];
  readonly labels: Loose;
  /** Label selectors of the roles whose rules it takes; undefined where it has its own. */
  readonly aggregates?: readonly Loose[];
  readonly source: string;
}

/** Whom a binding names. */
export interface Subject {
  readonly kind: 'User' | 'Group';
  /** A service account is the user `system:serviceaccount:NAMESPACE:NAME`. */
  readonly name: string;
}

/** A RoleBinding or ClusterRoleBinding. */
export interface Binding {
  readonly name: string;
  /** Undefined for a ClusterRoleBinding. */
  readonly namespace?: string;
  readonly role: { readonly kind: string; readonly name: string };
  readonly subjects: readonly Subject[];
  readonly source: string;
}

/** The API group of roles and bindings. */
export const RBAC = 'rbac.authorization.k8s.io';

/** The role that may do everything. */
export const STRONGEST = 'cluster-admin';

/** What a person calls a binding: `RoleBinding shop/viewer`. */
export function bindingName({ name, namespace }: Pick<Binding, 'name' | 'namespace'>): string {
  return namespace === undefined ? `ClusterRoleBinding ${name}` : `RoleBinding ${namespace}/${name}`;
}

/** A text that is somebody's, or something's, own: `Group team:operators`. */
export function keyOf({ kind, name }: { readonly kind: string; readonly name: string }): string {
  return `${kind} ${name}`;
}

/** The user that a service account is. */
export function accountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** The namespace and name of a service account, by its user. */
export function accountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** A Role or ClusterRole; undefined for any other object. What is not of its shape is read as nothing, as the API server would not take it. */
export function roleOf({ manifest, source }: AccessObject): Role | undefined {
  if (!isRbac(manifest) || (manifest.kind !== 'Role' && manifest.kind !== 'ClusterRole')) return undefined;
  const { name, namespace, labels } = mapOf(manifest.metadata);
  const selectors = mapOf(manifest.aggregationRule).clusterRoleSelectors;
  return {
    name: textOf(name),
    ...(manifest.kind === 'Role' ? { namespace: textOf(namespace) || 'default' } : {}),
    rules: listOf(manifest.rules).map((rule) => ({
      verbs: texts(rule.verbs),
      apiGroups: texts(rule.apiGroups),
      resources: texts(rule.resources),
      names: texts(rule.resourceNames),
      paths: texts(rule.nonResourceURLs),
    })),
    labels: mapOf(labels),
    ...(manifest.kind === 'ClusterRole' && Array.isArray(selectors) ? { aggregates: listOf(selectors) } : {}),
    source,
  };
}

/** A RoleBinding or ClusterRoleBinding; undefined for any other object. */
export function bindingOf({ manifest, source }: AccessObject): Binding | undefined {
  const { kind } = manifest;
  if (!isRbac(manifest) || (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding')) return undefined;
  const { name, namespace } = mapOf(manifest.metadata);
  const role = mapOf(manifest.roleRef);
  const within = kind === 'RoleBinding' ? textOf(namespace) || 'default' : undefined;
  return {
    name: textOf(name),
    ...(within === undefined ? {} : { namespace: within }),
    role: { kind: textOf(role.kind), name: textOf(role.name) },
    subjects: listOf(manifest.subjects).flatMap((subject) => subjectOf(subject, within)),
    source,
  };
}

/** A service account without a namespace is one of the binding's own. */
function subjectOf(subject: Loose, within: string | undefined): readonly Subject[] {
  const name = textOf(subject.name);
  if (subject.kind === 'User' || subject.kind === 'Group') return [{ kind: subject.kind, name }];
  const namespace = textOf(subject.namespace) || within;
  if (subject.kind !== 'ServiceAccount' || namespace === undefined) return [];
  return [{ kind: 'User', name: accountUser(namespace, name) }];
}

function isRbac({ apiVersion }: Manifest): boolean {
  return typeof apiVersion === 'string' && apiVersion.startsWith(`${RBAC}/`);
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
