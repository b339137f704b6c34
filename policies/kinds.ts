/** A kind of Kubernetes objects that controls can judge. */
export interface Kind {
  readonly kind: string;
  /** Empty for the core group. */
  readonly apiGroup: string;
  readonly apiVersion: string;
  /** Plural name in the API, as admission rules use it. */
  readonly resource: string;
  /** Whether its objects live in a namespace. */
  readonly namespaced: boolean;
  /**
   * The fields that controls look at; an update that leaves them as they are is not judged again.
   *
   * @default - `spec`
   */
  readonly judged?: readonly string[];
  /** Subresources that carry the whole object and are judged as well. */
  readonly subresources?: readonly string[];
}

/** A kind that holds a pod, and where in it the pod stands. */
export interface PodKind extends Kind {
  /** Fields that lead to what has the pod's `metadata` and `spec`; empty for a Pod itself. */
  readonly pod: readonly string[];
}

const kind = (
  name: string,
  apiGroup: string,
  resource: string,
  namespaced: boolean,
  judged?: readonly string[],
): Kind => ({
  kind: name,
  apiGroup,
  apiVersion: 'v1',
  resource,
  namespaced,
  ...(judged === undefined ? {} : { judged }),
});

const podKind = (
  name: string,
  apiGroup: string,
  resource: string,
  pod: readonly string[],
  subresources?: readonly string[],
): PodKind => ({
  ...kind(name, apiGroup, resource, true),
  pod,
  ...(subresources === undefined ? {} : { subresources }),
});

const TEMPLATE = ['spec', 'template'] as const;

/** Every kind of Kubernetes itself that holds a pod. */
export const POD_KINDS: readonly PodKind[] = [
  podKind('Pod', '', 'pods', [], ['ephemeralcontainers']),
  podKind('PodTemplate', '', 'podtemplates', ['template']),
  podKind('ReplicationController', '', 'replicationcontrollers', TEMPLATE),
  podKind('Deployment', 'apps', 'deployments', TEMPLATE),
  podKind('ReplicaSet', 'apps', 'replicasets', TEMPLATE),
  podKind('StatefulSet', 'apps', 'statefulsets', TEMPLATE),
  podKind('DaemonSet', 'apps', 'daemonsets', TEMPLATE),
  podKind('Job', 'batch', 'jobs', TEMPLATE),
  podKind('CronJob', 'batch', 'cronjobs', ['spec', 'jobTemplate', 'spec', 'template']),
];

/** The other kinds that controls judge, by name. */
export const KINDS = {
  // Both subresources take the labels as well.
  namespace: {
    ...kind('Namespace', '', 'namespaces', false, ['metadata.labels']),
    subresources: ['status', 'finalize'],
  },
  service: kind('Service', '', 'services', true),
  serviceAccount: kind('ServiceAccount', '', 'serviceaccounts', true, [
    'automountServiceAccountToken',
    'secrets',
    'metadata.annotations',
  ]),
  configMap: kind('ConfigMap', '', 'configmaps', true, ['data', 'binaryData']),
  secret: kind('Secret', '', 'secrets', true, ['type']),
  persistentVolume: kind('PersistentVolume', '', 'persistentvolumes', false, ['spec.hostPath', 'spec.local']),
  role: kind('Role', 'rbac.authorization.k8s.io', 'roles', true, ['rules']),
  clusterRole: kind('ClusterRole', 'rbac.authorization.k8s.io', 'clusterroles', false, [
    'rules',
    'aggregationRule',
    'metadata.labels',
  ]),
  roleBinding: kind('RoleBinding', 'rbac.authorization.k8s.io', 'rolebindings', true, [
    'subjects',
    'roleRef',
  ]),
  clusterRoleBinding: kind('ClusterRoleBinding', 'rbac.authorization.k8s.io', 'clusterrolebindings', false, [
    'subjects',
    'roleRef',
  ]),
  networkPolicy: kind('NetworkPolicy', 'networking.k8s.io', 'networkpolicies', true),
  ingress: kind('Ingress', 'networking.k8s.io', 'ingresses', true),
  validatingWebhook: kind(
    'ValidatingWebhookConfiguration',
    'admissionregistration.k8s.io',
    'validatingwebhookconfigurations',
    false,
    ['webhooks'],
  ),
  mutatingWebhook: kind(
    'MutatingWebhookConfiguration',
    'admissionregistration.k8s.io',
    'mutatingwebhookconfigurations',
    false,
    ['webhooks'],
  ),
  apiService: kind('APIService', 'apiregistration.k8s.io', 'apiservices', false),
} as const satisfies Readonly<Record<string, Kind>>;

/** The `apiVersion` that objects of a kind carry. */
export function apiVersionOf({ apiGroup, apiVersion }: Kind): string {
  return apiGroup === '' ? apiVersion : `${apiGroup}/${apiVersion}`;
}

/** The path of all objects of a kind in the API, for example `/apis/apps/v1/deployments`. */
export function collectionOf({ apiGroup, apiVersion, resource }: Kind): string {
  return apiGroup === '' ? `/api/${apiVersion}/${resource}` : `/apis/${apiGroup}/${apiVersion}/${resource}`;
}

/** The API group of an object, from its `apiVersion`. */
export function apiGroupOf(object: { readonly apiVersion: string }): string {
  const slash = object.apiVersion.indexOf('/');
  return slash === -1 ? '' : object.apiVersion.slice(0, slash);
}

/** Whether an object is of a kind, in whatever version: another group may have one of the same name. */
export function isOfKind(
  object: { readonly apiVersion: string; readonly kind: string },
  kind: Kind,
): boolean {
  return object.kind === kind.kind && apiGroupOf(object) === kind.apiGroup;
}

/** Whether a kind holds a pod. */
export function isPodKind(judged: Kind): judged is PodKind {
  return 'pod' in judged;
}
