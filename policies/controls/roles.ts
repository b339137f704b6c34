import { KINDS, apiVersionOf } from '../kinds';
import type { Example } from '../subjects';

/** What a rule grants. */
export interface Grant {
  readonly groups?: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * CEL: the rule grants one of these verbs on one of these resources, by name. Wildcards are the business of the controls
 * about wildcards, so that one mistake is told once.
 */
export function grants({ groups = [''], resources, verbs }: Grant): string {
  return [
    `rule.verbs.exists(v, v in ${JSON.stringify(verbs)})`,
    `has(rule.resources) && rule.resources.exists(r, r in ${JSON.stringify(resources)})`,
    `has(rule.apiGroups) && rule.apiGroups.exists(g, g in ${JSON.stringify(groups)})`,
  ].join(' && ');
}

/** Verbs that change something. */
export const WRITE = ['create', 'update', 'patch'];

/** Verbs that show something. */
export const READ = ['get', 'list', 'watch'];

/** An example ClusterRole with one rule, over the core group unless it says otherwise. */
export function clusterRole(rule: Example, name = 'deployer'): Example {
  return {
    apiVersion: apiVersionOf(KINDS.clusterRole),
    kind: 'ClusterRole',
    metadata: { name },
    rules: [{ apiGroups: [''], ...rule }],
  };
}

/** An example Role with one rule, over the core group unless it says otherwise. */
export function role(rule: Example): Example {
  return {
    apiVersion: apiVersionOf(KINDS.role),
    kind: 'Role',
    metadata: { name: 'deployer', namespace: 'shop' },
    rules: [{ apiGroups: [''], ...rule }],
  };
}

/** An example binding of a role to one subject. */
export function binding(
  subject: Example,
  {
    roleName = 'deployer',
    name = 'deployers',
    namespace,
  }: { roleName?: string; name?: string; namespace?: string } = {},
): Example {
  return {
    apiVersion: apiVersionOf(KINDS.roleBinding),
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
    subjects: [subject],
  };
}

/** A group as the subject of a binding. */
export function group(name: string): Example {
  return { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name };
}

/** A service account as the subject of a binding. */
export function account(name: string): Example {
  return { kind: 'ServiceAccount', name, namespace: 'shop' };
}
