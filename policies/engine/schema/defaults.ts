import { Fields, isFields, isList } from '../cel/value';
import { absent, all, each, within, type Default } from './filling';

/** The API server asks for an image again each time where its tag is `latest`, or left out. */
function pullPolicy(image: string, policy: string): Default {
  return (fields) => {
    const name = fields[image] ?? '';
    if (fields[policy] !== undefined || typeof name !== 'string') return;
    fields[policy] = tagOf(name) === 'latest' ? 'Always' : 'IfNotPresent';
  };
}

/** Longer than any name of an image that is one. */
const LONGEST_IMAGE = 600;

const IMAGE =
  /^(?:[\w.:[\]-]+\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::(\w[\w.-]{0,127}))?(@[A-Za-z][\w+.-]*:[0-9a-fA-F]{32,})?$/;

function tagOf(image: string): string | undefined {
  const parts = image.length > LONGEST_IMAGE ? null : IMAGE.exec(image);
  if (parts === null) return undefined;
  return parts[1] ?? (parts[2] === undefined ? 'latest' : undefined);
}

const container = all(
  absent({ terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' }),
  pullPolicy('image', 'imagePullPolicy'),
);

const serviceLinks = absent({ enableServiceLinks: true });

const pod: Default = (fields) => {
  const spec = within(fields, 'spec');
  serviceLinks(spec);
  const { terminationGracePeriodSeconds: grace } = spec;
  if (typeof grace === 'bigint' && grace < 0n) spec.terminationGracePeriodSeconds = 1n;
  for (const each of containersOf(spec, ['containers', 'initContainers'])) {
    requestsFromLimits(each);
    if (spec.hostNetwork === true) hostPorts(each);
  }
};

function containersOf(spec: Fields, lists: readonly string[]): readonly Fields[] {
  return lists.flatMap((list) => each(spec[list]));
}

function requestsFromLimits(fields: Fields): void {
  const { resources } = fields;
  if (resources === undefined || !isFields(resources)) return;
  const { limits } = resources;
  if (limits === undefined || !isFields(limits)) return;
  const requests = within(resources, 'requests');
  for (const name of Object.keys(limits)) requests[name] ??= limits[name]!;
}

function hostPorts(fields: Fields): void {
  for (const port of each(fields.ports)) {
    if (port.containerPort !== 0n && port.containerPort !== undefined) port.hostPort ??= port.containerPort;
  }
}

const podSpec = all(
  (fields) => {
    const account = fields.serviceAccountName ?? fields.serviceAccount;
    if (account !== undefined) fields.serviceAccountName = fields.serviceAccount = account;
  },
  absent({
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  }),
);

/** The address of a pod and the list of its addresses agree. */
const podStatus: Default = (fields) => {
  const [first] = each(fields.podIPs);
  if (typeof fields.podIP !== 'string') {
    if (first?.ip !== undefined && first.ip !== '') fields.podIP = first.ip;
  } else if (first?.ip !== fields.podIP) {
    const address = new Fields();
    address.ip = fields.podIP;
    fields.podIPs = [address];
  }
};

const volume: Default = (fields) => {
  if (Object.keys(fields).every((name) => name === 'name')) fields.emptyDir = new Fields();
};

const serviceUsual = absent({ sessionAffinity: 'None', type: 'ClusterIP' });
const serviceInternal = absent({ internalTrafficPolicy: 'Cluster' });
const serviceExternal = absent({ externalTrafficPolicy: 'Cluster' });
const serviceNodePorts = absent({ allocateLoadBalancerNodePorts: true });
const serviceTimeout = absent({ timeoutSeconds: 10800 });

const service: Default = (fields) => {
  const spec = within(fields, 'spec');
  serviceUsual(spec);
  const { type } = spec;
  const outside = type === 'NodePort' || type === 'LoadBalancer';
  if (outside || type === 'ClusterIP') serviceInternal(spec);
  if (type === 'LoadBalancer') serviceNodePorts(spec);
  if (outside || (type === 'ClusterIP' && isList(spec.externalIPs ?? null))) serviceExternal(spec);
  if (type === 'LoadBalancer') ingressModes(fields);
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP') {
    serviceTimeout(within(within(spec, 'sessionAffinityConfig'), 'clientIP'));
  }
};

const ingressMode = absent({ ipMode: 'VIP' });

function ingressModes(fields: Fields): void {
  for (const ingress of each(within(within(fields, 'status'), 'loadBalancer').ingress)) {
    if (ingress.ip !== undefined) ingressMode(ingress);
  }
}

const tcp = absent({ protocol: 'TCP' });

const servicePort: Default = (fields) => {
  tcp(fields);
  if (fields.targetPort === 0n || fields.targetPort === '') fields.targetPort = fields.port ?? 0n;
};

const rollingType = absent({ type: 'RollingUpdate' });

/** What rolls when `type` is left out or says so. */
function rolling(field: string, values: Readonly<Record<string, unknown>>): Default {
  const complete = absent(values);
  return (fields) => {
    const strategy = within(within(fields, 'spec'), field);
    rollingType(strategy);
    if (strategy.type === 'RollingUpdate') complete(within(strategy, 'rollingUpdate'));
  };
}

/** Defaults below an object's `spec`. */
function spec(values: Readonly<Record<string, unknown>>): Default {
  const complete = absent(values);
  return (fields) => complete(within(fields, 'spec'));
}

const statefulSet: Default = (fields) => {
  const inner = within(fields, 'spec');
  const strategy = within(inner, 'updateStrategy');
  if (strategy.type === undefined) {
    strategy.type = 'RollingUpdate';
    within(strategy, 'rollingUpdate');
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate !== undefined) {
    absent({ partition: 0, maxUnavailable: 1 })(within(strategy, 'rollingUpdate'));
  }
  absent({ whenDeleted: 'Retain', whenScaled: 'Retain' })(
    within(inner, 'persistentVolumeClaimRetentionPolicy'),
  );
  absent({ podManagementPolicy: 'OrderedReady', replicas: 1, revisionHistoryLimit: 10 })(inner);
};

/** The labels of the pod become those of the object where it has none. */
const labelsFromPod: Default = (fields) => {
  const template = within(fields, 'spec').template;
  const metadata = template !== undefined && isFields(template) ? template.metadata : undefined;
  const labels = metadata !== undefined && isFields(metadata) ? metadata.labels : undefined;
  if (labels !== undefined) within(fields, 'metadata').labels ??= labels;
};

const replicationController: Default = (fields) => {
  labelsFromPod(fields);
  const inner = within(fields, 'spec');
  const metadata =
    inner.template !== undefined && isFields(inner.template) ? inner.template.metadata : undefined;
  const labels = metadata !== undefined && isFields(metadata) ? metadata.labels : undefined;
  if (labels !== undefined) inner.selector ??= labels;
  absent({ replicas: 1 })(inner);
};

const job: Default = (fields) => {
  const inner = within(fields, 'spec');
  if (inner.completions === undefined && inner.parallelism === undefined) inner.completions = 1n;
  absent({
    parallelism: 1,
    backoffLimit: inner.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: inner.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
    manualSelector: false,
  })(inner);
  labelsFromPod(fields);
};

const namespace: Default = (fields) => {
  const metadata = within(fields, 'metadata');
  if (typeof metadata.name === 'string') {
    within(metadata, 'labels')['kubernetes.io/metadata.name'] = metadata.name;
  }
  absent({ phase: 'Active' })(within(fields, 'status'));
};

const RBAC = 'rbac.authorization.k8s.io';

const binding: Default = (fields) => {
  const role = within(fields, 'roleRef');
  if (role.apiGroup === '' || role.apiGroup === undefined) role.apiGroup = RBAC;
};

const subject: Default = (fields) => {
  if (fields.kind === 'User' || fields.kind === 'Group') absent({ apiGroup: RBAC })(fields);
};

const networkPolicy: Default = (fields) => {
  const inner = within(fields, 'spec');
  inner.policyTypes ??= inner.egress === undefined ? ['Ingress'] : ['Ingress', 'Egress'];
};

const webhook = absent({
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
});

const iscsi = absent({ iscsiInterface: 'default' });
const rbd = absent({ pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' });
const scaleIo = absent({ storageMode: 'ThinProvisioned', fsType: 'xfs' });
const pending: Default = (fields) => absent({ phase: 'Pending' })(within(fields, 'status'));

/** What the API server puts into objects, by the type of the object or of its part. */
export const DEFAULTS: Readonly<Record<string, Default>> = {
  'admissionregistration.v1.MutatingWebhook': all(webhook, absent({ reinvocationPolicy: 'Never' })),
  'admissionregistration.v1.RuleWithOperations': absent({ scope: '*' }),
  'admissionregistration.v1.ServiceReference': absent({ port: 443 }),
  'admissionregistration.v1.ValidatingWebhook': webhook,
  'apps.v1.DaemonSet': all(
    rolling('updateStrategy', { maxUnavailable: 1, maxSurge: 0 }),
    spec({ revisionHistoryLimit: 10 }),
  ),
  'apps.v1.Deployment': all(
    rolling('strategy', { maxUnavailable: '25%', maxSurge: '25%' }),
    spec({ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
  ),
  'apps.v1.ReplicaSet': spec({ replicas: 1 }),
  'apps.v1.StatefulSet': statefulSet,
  'batch.v1.CronJob': spec({
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  }),
  'batch.v1.Job': job,
  'batch.v1.PodFailurePolicyOnPodConditionsPattern': (fields) => {
    if (fields.status === '') fields.status = 'True';
  },
  'core.v1.AzureDiskVolumeSource': absent({
    cachingMode: 'ReadWrite',
    fsType: 'ext4',
    readOnly: false,
    kind: 'Shared',
  }),
  'core.v1.ConfigMapVolumeSource': absent({ defaultMode: 420 }),
  'core.v1.Container': container,
  'core.v1.ContainerPort': tcp,
  'core.v1.DownwardAPIVolumeSource': absent({ defaultMode: 420 }),
  'core.v1.EphemeralContainer': container,
  'core.v1.FileKeySelector': absent({ optional: false }),
  'core.v1.GRPCAction': absent({ service: '' }),
  'core.v1.HTTPGetAction': absent({ path: '/', scheme: 'HTTP' }),
  'core.v1.HostPathVolumeSource': absent({ type: '' }),
  'core.v1.ISCSIPersistentVolumeSource': iscsi,
  'core.v1.ISCSIVolumeSource': iscsi,
  'core.v1.ImageVolumeSource': pullPolicy('reference', 'pullPolicy'),
  'core.v1.Namespace': namespace,
  'core.v1.ObjectFieldSelector': absent({ apiVersion: 'v1' }),
  'core.v1.PersistentVolume': all(
    pending,
    spec({ persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
  ),
  'core.v1.PersistentVolumeClaim': pending,
  'core.v1.PersistentVolumeClaimSpec': absent({ volumeMode: 'Filesystem' }),
  'core.v1.Pod': pod,
  'core.v1.PodSpec': podSpec,
  'core.v1.PodStatus': podStatus,
  'core.v1.Probe': absent({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  'core.v1.ProjectedVolumeSource': absent({ defaultMode: 420 }),
  'core.v1.RBDPersistentVolumeSource': rbd,
  'core.v1.RBDVolumeSource': rbd,
  'core.v1.ReplicationController': replicationController,
  'core.v1.ScaleIOPersistentVolumeSource': scaleIo,
  'core.v1.ScaleIOVolumeSource': scaleIo,
  'core.v1.Secret': absent({ type: 'Opaque' }),
  'core.v1.SecretVolumeSource': absent({ defaultMode: 420 }),
  'core.v1.Service': service,
  'core.v1.ServiceAccountTokenProjection': absent({ expirationSeconds: 3600 }),
  'core.v1.ServicePort': servicePort,
  'core.v1.Volume': volume,
  'kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference': absent({ port: 443 }),
  'networking.v1.NetworkPolicy': networkPolicy,
  'networking.v1.NetworkPolicyPort': tcp,
  'rbac.v1.ClusterRoleBinding': binding,
  'rbac.v1.RoleBinding': binding,
  'rbac.v1.Subject': subject,
};
