import type { Manifest } from '../constructs';
import { listOf, mapOf, podTemplateOf, textOf, type Loose } from '../reachability';
import { Authorizer, SUPERUSERS } from './authorizer';
import {
  accountOf,
  accountUser,
  keyOf,
  RBAC,
  STRONGEST,
  type AccessObject,
  type Binding,
  type Role,
  type Subject,
} from './rbac';

/** How strict Pod Security is in a namespace. */
export type PodSecurity = 'privileged' | 'baseline' | 'restricted';

/** Pods that run with a token of their account, or that a workload makes so. */
export interface TokenHolder {
  readonly namespace: string;
  /** The user that the token is of. */
  readonly user: string;
}

/** A pod, or a workload that makes some. */
export interface KnownPod extends TokenHolder {
  /** Undefined where no node is known. */
  readonly node?: string;
  /** Whether a container of it is privileged: who is in it is root on its node. */
  readonly privileged: boolean;
}

/** Everything of a cluster that paths to more rights lead over. */
export interface World {
  readonly authorizer: Authorizer;
  readonly bindings: readonly Binding[];
  /** The RoleBindings of a namespace. */
  readonly bindingsIn: (namespace: string) => readonly Binding[];
  readonly roles: readonly Role[];
  /** All users and groups that a binding names, each once. */
  readonly subjects: readonly Subject[];
  readonly tokenHolders: readonly TokenHolder[];
  /** All pods, and what makes some, whether or not they hold a token. */
  readonly pods: readonly KnownPod[];
  /** Secrets that are tokens of an account for good. */
  readonly tokenSecrets: readonly (TokenHolder & { readonly name: string })[];
  /** Whether pods of a namespace may take over their node. */
  readonly podSecurity: (namespace: string) => PodSecurity;
  /** All namespaces that anything was said of. */
  readonly namespaces: readonly string[];
}

/** What cannot be read off the objects. */
export interface WorldFacts {
  /**
   * How strict Pod Security is in namespaces that do not say so: what the AdmissionConfiguration of the API server says.
   *
   * @default 'privileged', which is that of Kubernetes
   */
  readonly podSecurity?: PodSecurity;
  /**
   * Groups that are administrators by bindings that need not be among the objects, as those that kubeadm makes: each by one of its own name.
   *
   * @default - none
   */
  readonly administrators?: readonly string[];
}

/** Reads what objects say of access. */
export function worldOf(
  objects: readonly AccessObject[],
  { podSecurity = 'privileged', administrators = [] }: WorldFacts = {},
): World {
  const assumed = administrators.filter((group) => group !== SUPERUSERS).map(administratorBinding);
  const authorizer = Authorizer.of([...objects, ...assumed]);
  const { roles, bindings } = authorizer;
  const manifests = objects.map(({ manifest }) => manifest);
  const ofKind = (kind: string): readonly Loose[] =>
    manifests.filter((manifest) => manifest.kind === kind).map(mapOf);
  const enforced = new Map(ofKind('Namespace').map((one) => [nameOf(one), enforcedIn(one, podSecurity)]));
  const silent = new Set(
    ofKind('ServiceAccount')
      .filter(({ automountServiceAccountToken }) => automountServiceAccountToken === false)
      .map((account) => accountUser(namespaceOf(account), nameOf(account))),
  );
  const found = manifests.flatMap((manifest) => podOf(manifest, silent));
  const tokenHolders = found.filter(({ holdsToken }) => holdsToken).map(({ pod }) => pod);
  const pods = found.map(({ pod }) => pod);
  const tokenSecrets = ofKind('Secret').flatMap(tokenSecretOf);
  const subjects = uniqueSubjects(bindings);
  const byNamespace = new Map<string, Binding[]>();
  for (const binding of bindings) {
    if (binding.namespace === undefined) continue;
    const there = byNamespace.get(binding.namespace);
    if (there === undefined) byNamespace.set(binding.namespace, [binding]);
    else there.push(binding);
  }
  const namespaces = new Set([
    ...enforced.keys(),
    ...bindings.flatMap(({ namespace }) => namespace ?? []),
    ...subjects.flatMap(({ name }) => accountOf(name)?.namespace ?? []),
    ...subjects.flatMap(({ name }) => /^system:serviceaccounts:([^:]+)$/.exec(name)?.[1] ?? []),
    ...tokenHolders.map(({ namespace }) => namespace),
  ]);
  return {
    ...{ authorizer, bindings, roles, subjects, tokenHolders, pods, tokenSecrets },
    bindingsIn: (namespace) => byNamespace.get(namespace) ?? [],
    podSecurity: (namespace) => enforced.get(namespace) ?? podSecurity,
    namespaces: [...namespaces].sort(),
  };
}

/** The binding that a group of administrators has by its own name: who may change it changes who they are. */
function administratorBinding(group: string): AccessObject {
  return {
    manifest: {
      ...{ apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata: { name: group } },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: STRONGEST },
      subjects: [{ apiGroup: RBAC, kind: 'Group', name: group }],
    } as Manifest,
    source: 'administrators',
  };
}

function enforcedIn(namespace: Loose, otherwise: PodSecurity): PodSecurity {
  const level = textOf(mapOf(mapOf(namespace.metadata).labels)['pod-security.kubernetes.io/enforce']);
  return level === 'privileged' || level === 'baseline' || level === 'restricted' ? level : otherwise;
}

function podOf(
  manifest: AccessObject['manifest'],
  silent: ReadonlySet<string>,
): readonly { readonly pod: KnownPod; readonly holdsToken: boolean }[] {
  const template = podTemplateOf(manifest);
  if (template === undefined) return [];
  const spec = mapOf(template.spec);
  const namespace = namespaceOf(mapOf(manifest));
  const user = accountUser(
    namespace,
    textOf(spec.serviceAccountName) || textOf(spec.serviceAccount) || 'default',
  );
  const mounts = spec.automountServiceAccountToken;
  const isMounted = typeof mounts === 'boolean' ? mounts : !silent.has(user);
  const node = textOf(spec.nodeName);
  const privileged = ['containers', 'initContainers', 'ephemeralContainers']
    .flatMap((list) => listOf(spec[list]))
    .some((container) => mapOf(container.securityContext).privileged === true);
  const pod = { namespace, user, privileged, ...(node === '' ? {} : { node }) };
  return [{ pod, holdsToken: isMounted || listOf(spec.volumes).some(projectsToken) }];
}

/** Whether a volume holds a token that the API server takes. */
function projectsToken(volume: Loose): boolean {
  return listOf(mapOf(volume.projected).sources).some((source) => {
    const token = mapOf(source.serviceAccountToken);
    return Object.keys(token).length > 0 && textOf(token.audience) === '';
  });
}

function tokenSecretOf(secret: Loose): readonly (TokenHolder & { name: string })[] {
  const { annotations } = mapOf(secret.metadata);
  const account = textOf(mapOf(annotations)['kubernetes.io/service-account.name']);
  if (secret.type !== 'kubernetes.io/service-account-token' || account === '') return [];
  const namespace = namespaceOf(secret);
  return [{ namespace, user: accountUser(namespace, account), name: nameOf(secret) }];
}

function uniqueSubjects(bindings: readonly Binding[]): readonly Subject[] {
  const all = new Map(bindings.flatMap(({ subjects }) => subjects).map((one) => [keyOf(one), one]));
  return [...all.values()];
}

function nameOf({ metadata }: Loose): string {
  return textOf(mapOf(metadata).name);
}

function namespaceOf({ metadata }: Loose): string {
  return textOf(mapOf(metadata).namespace) || 'default';
}
