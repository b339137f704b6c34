/** How much of a request is logged, least first. Source: `audit.k8s.io/v1`. */
export const AUDIT_LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;

/** How much of a request is logged. Source: `audit.k8s.io/v1`. */
export type AuditLevel = (typeof AUDIT_LEVELS)[number];

/** Resources of one API group that a rule is about. */
export interface AuditResources {
  /** `''` is the core group, `*` every group. */
  readonly group: string;
  /**
   * Plural names with subresources, for example `pods/exec`. `*` is all, and stands for either side of the slash, too. All
   * where left out.
   */
  readonly resources?: readonly string[];
  /** Names of objects; all where left out. */
  readonly resourceNames?: readonly string[];
}

/** A rule of the audit policy; the first that matches a request decides. Source: `audit.k8s.io/v1`. */
export interface AuditRule {
  readonly level: AuditLevel;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly AuditResources[];
  /** `''` is what is in no namespace. */
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** A request as a rule sees it: for a resource, or for a path that is none. */
export interface AuditRequest {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  /** Absent where the request is for a path. */
  readonly resource?: {
    readonly group: string;
    /** Plural name without subresource. */
    readonly name: string;
    readonly subresource?: string;
    /** Name of the object; empty for a collection. */
    readonly objectName?: string;
    /** Empty for what is in no namespace. */
    readonly namespace?: string;
  };
  /** For example `/healthz`. */
  readonly path: string;
}

/** What the API server logs of a request: the level of the first rule that matches, or nothing. */
export function auditLevel(rules: readonly AuditRule[], request: AuditRequest): AuditLevel {
  return rules.find((rule) => matches(rule, request))?.level ?? 'None';
}

/** An empty list of a rule says nothing, as in the API server. */
function said<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}

function matches(rule: AuditRule, { user, groups, verb, resource, path }: AuditRequest): boolean {
  if (said(rule.users)?.includes(user) === false) return false;
  if (said(rule.userGroups)?.some((group) => groups.includes(group)) === false) return false;
  if (said(rule.verbs)?.includes(verb) === false) return false;
  const namespaces = said(rule.namespaces);
  const resources = said(rule.resources);
  if (namespaces !== undefined || resources !== undefined) {
    if (resource === undefined) return false;
    if (namespaces?.includes(resource.namespace ?? '') === false) return false;
    return resources?.some((entry) => matchesResource(entry, resource)) ?? true;
  }
  const urls = said(rule.nonResourceURLs);
  if (urls !== undefined) return resource === undefined && urls.some((url) => matchesPath(url, path));
  return true;
}

function matchesResource(entry: AuditResources, asked: NonNullable<AuditRequest['resource']>): boolean {
  if (!namesResource(entry, asked.group, asked.name, asked.subresource ?? '')) return false;
  const names = said(entry.resources) && said(entry.resourceNames);
  return names?.includes(asked.objectName ?? '') ?? true;
}

/** Whether an entry is about a resource, whatever the object is called. */
export function namesResource(
  entry: AuditResources,
  group: string,
  name: string,
  subresource: string,
): boolean {
  if (entry.group !== group && entry.group !== '*') return false;
  const whole = subresource === '' ? name : `${name}/${subresource}`;
  return (
    said(entry.resources)?.some(
      (pattern) =>
        pattern === whole ||
        pattern === '*' ||
        (subresource !== '' && pattern === `*/${subresource}`) ||
        pattern === `${name}/*`,
    ) ?? true
  );
}

function matchesPath(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, ''));
}
