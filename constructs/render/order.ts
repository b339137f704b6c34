import type { ApiObject } from 'cdk8s';
import type { Manifest } from './after-render';
import { podOf, secretsOf } from './pod-of';

/** What ordering needs to know of an object. */
export interface Orderable {
  readonly construct: ApiObject;
  readonly manifest: Manifest;
}

const WORKLOAD_KINDS = new Set([
  'Pod',
  'ReplicaSet',
  'ReplicationController',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
]);
const POLICY_KINDS = new Set(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']);

/** Whether objects of this kind start pods. */
export function isWorkload(manifest: Manifest): boolean {
  return WORKLOAD_KINDS.has(manifest.kind);
}

/** Whether the object is part of the admission policies that judge others. */
export function isAdmissionPolicy(manifest: Manifest): boolean {
  return POLICY_KINDS.has(manifest.kind);
}

/**
 * What each object needs to be there first, in every cluster, whatever the constructs say: its namespace, the definition
 * of its kind, and for a workload its service account, the roles bound to that account and the Secrets it uses.
 *
 * The edges grow linearly with the objects: each object gets one to its namespace and one to its kind, and a workload
 * those of its own account.
 *
 * Admission policies are not an edge here: see `isAdmissionPolicy` and the gate in stacks/bridge.
 */
export function impliedDependencies<T extends Orderable>(
  objects: readonly T[],
): ReadonlyMap<T, readonly T[]> {
  const namespaces = new Map<string, T>();
  const definitions = new Map<string, T>();
  const accounts = new Map<string, T>();
  const secrets = new Map<string, T>();
  const roles = new Map<string, T>();
  const bindings = new Map<string, T[]>();
  for (const object of objects) {
    const { manifest } = object;
    const namespace = manifest.metadata.namespace ?? '';
    const name = manifest.metadata.name ?? '';
    if (manifest.kind === 'Namespace') namespaces.set(name, object);
    else if (manifest.kind === 'CustomResourceDefinition') definitions.set(definedKind(manifest), object);
    else if (manifest.kind === 'ServiceAccount') accounts.set(`${namespace}/${name}`, object);
    else if (manifest.kind === 'Secret') secrets.set(`${namespace}/${name}`, object);
    else if (manifest.kind === 'Role' || manifest.kind === 'ClusterRole') {
      roles.set(`${manifest.kind}/${namespace}/${name}`, object);
    } else if (manifest.kind === 'RoleBinding' || manifest.kind === 'ClusterRoleBinding') {
      for (const account of boundAccounts(manifest)) {
        bindings.set(account, [...(bindings.get(account) ?? []), object]);
      }
    }
  }

  const result = new Map<T, readonly T[]>();
  for (const object of objects) {
    const { manifest } = object;
    const namespace = manifest.metadata.namespace ?? '';
    const found: (T | undefined)[] = [
      namespaces.get(namespace),
      definitions.get(`${groupOf(manifest.apiVersion)}/${manifest.kind}`),
    ];
    if (isWorkload(manifest)) {
      const account = `${namespace}/${podOf(manifest)?.serviceAccountName ?? 'default'}`;
      found.push(accounts.get(account), ...(bindings.get(account) ?? []));
      found.push(...secretsOf(manifest).map((secret) => secrets.get(`${namespace}/${secret}`)));
    }
    const roleRef = manifest.roleRef as { readonly kind?: string; readonly name?: string } | undefined;
    if (roleRef !== undefined) {
      const scope = roleRef.kind === 'Role' ? namespace : '';
      found.push(roles.get(`${roleRef.kind}/${scope}/${roleRef.name}`));
    }
    result.set(
      object,
      found.filter((other): other is T => other !== undefined && other !== object),
    );
  }
  return result;
}

/** The API group of an apiVersion; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

function definedKind(definition: Manifest): string {
  const spec = definition.spec as
    { readonly group?: string; readonly names?: { readonly kind?: string } } | undefined;
  return `${spec?.group}/${spec?.names?.kind}`;
}

function boundAccounts(binding: Manifest): readonly string[] {
  const subjects = (binding.subjects ?? []) as readonly {
    kind?: string;
    namespace?: string;
    name?: string;
  }[];
  return subjects
    .filter((subject) => subject.kind === 'ServiceAccount')
    .map((subject) => `${subject.namespace ?? binding.metadata.namespace ?? ''}/${subject.name}`);
}
