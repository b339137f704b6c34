import { analyse, keyOf, type AccessObject, type AnalysisFacts } from '../../../authorization';
import type { Manifest } from '../../../constructs';

const RBAC = 'rbac.authorization.k8s.io/v1';

/** A rule as Kubernetes writes it: `verbs resources[.group] [names]`, for example `get,list pods a,b`. */
export function rule(text: string): object {
  const [verbs = '', resources = '', names] = text.split(' ');
  if (resources.startsWith('/')) return { verbs: verbs.split(','), nonResourceURLs: resources.split(',') };
  const [first] = resources.split(',');
  const dot = first!.indexOf('.');
  const group = dot < 0 ? '' : first!.slice(dot + 1);
  return {
    verbs: verbs.split(','),
    apiGroups: [group],
    resources: resources.split(',').map((one) => (dot < 0 ? one : one.slice(0, one.indexOf('.')))),
    ...(names === undefined ? {} : { resourceNames: names.split(',') }),
  };
}

/** `user jane`, `group staff` or `account shop/web` as a subject. */
export function subject(text: string): object {
  const [kind, name = ''] = text.split(' ');
  if (kind === 'account') {
    const [namespace, account] = name.split('/');
    return { kind: 'ServiceAccount', namespace, name: account };
  }
  return { apiGroup: 'rbac.authorization.k8s.io', kind: kind === 'user' ? 'User' : 'Group', name };
}

let count = 0;

/** A role with these rules and its binding: in a namespace, or in the cluster. */
export function granted(who: string, rules: readonly string[], namespace?: string): readonly Manifest[] {
  count += 1;
  const metadata = { name: `role-${count}`, ...(namespace === undefined ? {} : { namespace }) };
  const prefix = namespace === undefined ? 'Cluster' : '';
  return [
    { apiVersion: RBAC, kind: `${prefix}Role`, metadata, rules: rules.map(rule) },
    {
      apiVersion: RBAC,
      kind: `${prefix}RoleBinding`,
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: `${prefix}Role`, name: metadata.name },
      subjects: [subject(who)],
    },
  ];
}

/** A binding of a ClusterRole that is there. */
export function boundTo(who: string, role: string, where?: string): Manifest {
  count += 1;
  return {
    apiVersion: RBAC,
    kind: where === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: { name: `binding-${count}`, ...(where === undefined ? {} : { namespace: where }) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [subject(who)],
  };
}

/** A namespace at a level of Pod Security. */
export function namespace(name: string, enforce = 'restricted'): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': enforce } },
  };
}

/** A pod that runs as an account. */
export function pod(where: string, account: string, spec: object = {}): Manifest {
  const metadata = { name: `pod-${account}`, namespace: where };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { serviceAccountName: account, containers: [], ...spec },
  };
}

export function objects(...manifests: readonly (Manifest | readonly Manifest[])[]): readonly AccessObject[] {
  return manifests.flat().map((manifest) => ({ manifest, source: 'test' }));
}

/** The steps by which each subject becomes an administrator, by its name. */
export function ways(
  given: readonly AccessObject[],
  facts?: AnalysisFacts,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    analyse(given, { podSecurity: 'restricted', ...facts }).paths.map(({ subject: who, steps }) => [
      keyOf(who),
      steps.map(({ technique }) => technique).filter((one) => one !== 'holds'),
    ]),
  );
}
