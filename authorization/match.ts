import type { Rule } from './rbac';

/** A request for a resource, as the authorizer is asked. */
export interface ResourceRequest {
  readonly verb: string;
  /** API group; the core group is the empty string. */
  readonly group: string;
  readonly resource: string;
  /** @default - the resource itself */
  readonly subresource?: string;
  /** @default - every name */
  readonly name?: string;
}

/** Whether a rule allows a request, as RBAC decides it. */
export function allowsResource(rule: Rule, request: ResourceRequest): boolean {
  return allowsSome(rule, request) && (rule.names.length === 0 || rule.names.includes(request.name ?? ''));
}

/** The same for some object at least, whatever its name. */
export function allowsSome(
  rule: Rule,
  { verb, group, resource, subresource = '' }: Omit<ResourceRequest, 'name'>,
): boolean {
  return (
    holds(rule.verbs, verb) &&
    holds(rule.apiGroups, group) &&
    rule.resources.some((one) => matchesResource(one, resource, subresource))
  );
}

/** Whether a rule allows a request for a path, as RBAC decides it. */
export function allowsPath(rule: Rule, verb: string, path: string): boolean {
  return (
    holds(rule.verbs, verb) &&
    rule.paths.some(
      (one) => one === '*' || one === path || (one.endsWith('*') && path.startsWith(one.replace(/\*+$/, ''))),
    )
  );
}

function holds(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function matchesResource(ruled: string, resource: string, subresource: string): boolean {
  if (ruled === '*') return true;
  if (subresource === '') return ruled === resource;
  return ruled === `${resource}/${subresource}` || ruled === `*/${subresource}`;
}
