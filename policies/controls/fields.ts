/** CEL for fields that may be absent: an expression must not fail on an object that leaves out what is optional. */

/** CEL that is true where every field on the way to `path` is there, for example `has(a.b) && has(a.b.c)`. */
export function present(path: string): string {
  const parts = path.split('.');
  const root = parts[0] === 'variables' ? 2 : 1;
  return parts
    .slice(root)
    .map((_, index) => `has(${parts.slice(0, root + index + 1).join('.')})`)
    .join(' && ');
}

/** CEL for the value at `path`, or for `otherwise` where a field on the way is absent. */
export function valueOr(path: string, otherwise: string): string {
  return `(${present(path)} ? ${path} : ${otherwise})`;
}

/** CEL that is true where `path` is absent or `condition` holds. */
export function absentOr(path: string, condition: string): string {
  return `!(${present(path)}) || ${condition}`;
}

/** CEL for a list of texts. */
export function oneOf(values: readonly string[]): string {
  return JSON.stringify(values);
}

/** CEL: the pod says that it runs on Windows, which knows no seccomp, no capabilities and no escalation. */
export const ON_WINDOWS = `${valueOr('variables.podSpec.os.name', '""')} == "windows"`;

/** CEL: root of the pod is not root of the node. */
export const IN_USER_NAMESPACE = `${valueOr('variables.podSpec.hostUsers', 'true')} == false`;

/** CEL: the label selector that is there selects everything. */
export function emptySelector(selector: string): string {
  return `((!has(${selector}.matchLabels) || size(${selector}.matchLabels) == 0) && (!has(${selector}.matchExpressions) || size(${selector}.matchExpressions) == 0))`;
}
