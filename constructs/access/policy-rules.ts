import type { k8s } from '../cdk8s-plus';
import type { AccessRule } from './rule';

/**
 * Rules as RBAC writes them: what differs in its resource alone is one rule, so that a person has less to read. Order and
 * meaning stay.
 */
export function policyRules(rules: readonly AccessRule[]): k8s.PolicyRule[] {
  const merged = new Map<string, k8s.PolicyRule & { readonly resources?: string[] }>();
  for (const { resource, paths, verbs, names } of rules) {
    if (resource === undefined) {
      merged.set(`paths ${merged.size}`, { nonResourceUrLs: [...(paths ?? [])], verbs: [...verbs] });
      continue;
    }
    const key = JSON.stringify([resource.apiGroup, verbs, names]);
    const resources = merged.get(key)?.resources ?? [];
    merged.set(key, {
      apiGroups: [resource.apiGroup],
      resources: resources.includes(resource.resource) ? resources : [...resources, resource.resource],
      verbs: [...verbs],
      ...(names === undefined ? {} : { resourceNames: [...names] }),
    });
  }
  return [...merged.values()];
}
