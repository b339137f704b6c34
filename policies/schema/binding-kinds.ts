import { descend, isObject, note, type Check } from './fields';
import { nearest } from './suggestion';

/**
 * What a field names by its kind, where only the API server's validation knows the choice. A binding with another kind, a letter in the
 * wrong case, gives nothing to anybody wherever access is computed, and is refused by the cluster. Source: AUTH-3.
 */
export const KIND_CHECKS: Readonly<Record<string, Check>> = {
  'rbac.v1.ClusterRoleBinding': roleRefCheck(['ClusterRole']),
  'rbac.v1.RoleBinding': roleRefCheck(['ClusterRole', 'Role']),
  'rbac.v1.Subject': kindCheck(['User', 'Group', 'ServiceAccount']),
};

function roleRefCheck(kinds: readonly string[]): Check {
  const check = kindCheck(kinds);
  return (value, progress) => {
    if (isObject(value)) descend('roleRef', value.roleRef, check, progress);
  };
}

/** What is missing, or no text, is told by the schema. */
function kindCheck(kinds: readonly string[]): Check {
  return (value, progress) => {
    if (!isObject(value) || typeof value.kind !== 'string' || kinds.includes(value.kind)) return;
    const near = nearest(value.kind, kinds);
    const fix = near === undefined ? 'Correct the value.' : `Did you mean "${near}"?`;
    note(progress, `It must be ${kinds.join(' or ')}.`, fix, 'kind');
  };
}
