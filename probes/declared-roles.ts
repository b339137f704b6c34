import type { Manifest } from '../constructs';
import { identityOf, type BoundSubject, type Subject } from './bound-subjects';
import type { AccessAction } from './client/access';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

interface Binding {
  readonly metadata: { readonly namespace?: string };
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly Subject[];
}

/** Somebody whom declared bindings name, and what they say. */
export interface DeclaredSubject extends BoundSubject {
  /** Whether it was declared that it may, for any name, in a namespace; the empty one is all of them. */
  may(action: AccessAction, namespace: string): boolean;
  /** What was declared for single names. */
  readonly named: readonly (AccessAction & { readonly namespace: string })[];
}

/** Everybody whom declared bindings name, but for known administrators. */
export function declaredSubjects(manifests: readonly Manifest[]): readonly DeclaredSubject[] {
  const rules = new Map(
    manifests.map((manifest) => [
      `${manifest.kind} ${manifest.metadata.namespace ?? ''}/${manifest.metadata.name}`,
      ((manifest as unknown as { rules?: readonly Rule[] }).rules ?? []) as readonly Rule[],
    ]),
  );
  const found = new Map<
    string,
    { identity: BoundSubject; grants: { namespace: string; rules: readonly Rule[] }[] }
  >();
  for (const manifest of manifests) {
    if (!['RoleBinding', 'ClusterRoleBinding'].includes(manifest.kind)) continue;
    const { metadata, roleRef, subjects = [] } = manifest as unknown as Binding;
    const namespace = metadata.namespace ?? '';
    const from = roleRef.kind === 'Role' ? namespace : '';
    for (const subject of subjects) {
      const identity = identityOf(subject, metadata.namespace);
      if (identity === undefined) continue;
      const known = found.get(identity.label) ?? { identity: { ...identity, namespaces: [] }, grants: [] };
      known.grants.push({ namespace, rules: rules.get(`${roleRef.kind} ${from}/${roleRef.name}`) ?? [] });
      found.set(identity.label, known);
    }
  }
  return [...found.values()].map(({ identity, grants }) => ({
    ...identity,
    namespaces: [...new Set(grants.map(({ namespace }) => namespace).filter((name) => name !== ''))],
    named: grants.flatMap(({ namespace, rules: own }) =>
      own.flatMap((rule) => namedActions(rule).map((action) => ({ ...action, namespace }))),
    ),
    may: (action, namespace) =>
      grants.some(
        (grant) =>
          ['', namespace].includes(grant.namespace) && grant.rules.some((rule) => allows(rule, action)),
      ),
  }));
}

function namedActions({
  apiGroups = [],
  resources = [],
  verbs,
  resourceNames = [],
}: Rule): readonly AccessAction[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) => resourceNames.map((name) => ({ group, resource, verb, name }))),
    ),
  );
}

/** As the authorizer matches a rule, for a request that names no object. */
function allows(rule: Rule, { verb, group, resource }: AccessAction): boolean {
  const has = (list: readonly string[] | undefined, word: string): boolean =>
    list !== undefined && (list.includes('*') || list.includes(word));
  const [, subresource] = resource.split('/');
  return (
    (rule.resourceNames ?? []).length === 0 &&
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    (has(rule.resources, resource) || (subresource !== undefined && has(rule.resources, `*/${subresource}`)))
  );
}
