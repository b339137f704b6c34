import type { Manifest } from '../../../constructs';

const labels = { app: 'a' };
const selector = { matchLabels: labels };
const object = (apiVersion: string, kind: string, rest: object): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: 'example', labels, annotations: { note: 'text' } },
  ...rest,
});

const podSpec = {
  serviceAccountName: 'default',
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 10001, sysctls: [{ name: 'a', value: 'b' }] },
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 3 }],
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: { topologyKey: 'zone', labelSelector: selector } },
      ],
    },
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
      },
    },
  },
  initContainers: [{ name: 'i', image: 'registry.example/i:1', restartPolicy: 'Always' }],
  containers: [
    {
      name: 'c',
      image: 'registry.example/c:1',
      command: ['run'],
      args: ['--now'],
      env: [
        { name: 'A', value: 'b' },
        { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
        { name: 'C', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } } },
      ],
      envFrom: [{ configMapRef: { name: 'm' } }],
      ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
      resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: 1, memory: '64Mi' } },
      readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
      livenessProbe: { tcpSocket: { port: 8080 } },
      lifecycle: { preStop: { exec: { command: ['stop'] } } },
      volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true }],
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      },
    },
  ],
  volumes: [
    { name: 'v', emptyDir: { sizeLimit: '1Gi' } },
    { name: 'p', projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] } },
    { name: 'q', configMap: { name: 'm', defaultMode: 420, items: [{ key: 'k', path: 'p' }] } },
  ],
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector },
  ],
};
const template = { metadata: { labels }, spec: podSpec };
const jobTemplate = { ...template, spec: { ...podSpec, restartPolicy: 'Never' } };
const claimSpec = {
  accessModes: ['ReadWriteOnce'],
  storageClassName: 'fast',
  resources: { requests: { storage: '1Gi' } },
};

/** A CustomResourceDefinition whose schema has what matters of a schema. */
export const WIDGET_DEFINITION = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
  metadata: { name: 'widgets.keelson.example' },
  spec: {
    group: 'keelson.example',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
    versions: [
      { name: 'v1beta1', served: false, storage: false, schema: { openAPIV3Schema: { type: 'object' } } },
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                required: ['size', 'mode'],
                properties: {
                  size: { type: 'integer', minimum: 1, maximum: 10 },
                  mode: { type: 'string', enum: ['Fast', 'Safe'], default: 'Safe' },
                  ratio: { type: 'number', exclusiveMinimum: true, minimum: 0 },
                  enabled: { type: 'boolean' },
                  note: { type: 'string', nullable: true },
                  name: { type: 'string', pattern: '^[a-z]+$', minLength: 2, maxLength: 8 },
                  port: {
                    'x-kubernetes-int-or-string': true,
                    anyOf: [{ type: 'integer' }, { type: 'string' }],
                  },
                  tags: { type: 'array', minItems: 1, maxItems: 3, items: { type: 'string' } },
                  limits: {
                    type: 'object',
                    maxProperties: 2,
                    additionalProperties: { type: 'integer', multipleOf: 2 },
                  },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  partly: {
                    type: 'object',
                    'x-kubernetes-preserve-unknown-fields': true,
                    properties: { known: { type: 'string' } },
                  },
                  any: { 'x-kubernetes-preserve-unknown-fields': true },
                  inner: {
                    type: 'object',
                    'x-kubernetes-embedded-resource': true,
                    properties: { spec: { type: 'object', properties: { a: { type: 'string' } } } },
                  },
                  either: {
                    type: 'object',
                    properties: { a: { type: 'string' }, b: { type: 'string' } },
                    oneOf: [{ required: ['a'] }, { required: ['b'] }],
                    not: { properties: { a: { enum: ['never'] } }, required: ['a'] },
                  },
                  list: {
                    type: 'array',
                    items: { type: 'object', required: ['key'], properties: { key: { type: 'string' } } },
                  },
                },
              },
              status: { type: 'object', properties: { ready: { type: 'boolean' } } },
            },
          },
        },
      },
    ],
  },
});

/** An object of `WIDGET_DEFINITION`. */
export const WIDGET = object('keelson.example/v1', 'Widget', {
  spec: {
    size: 3,
    mode: 'Fast',
    ratio: 0.5,
    enabled: true,
    note: null,
    name: 'abc',
    port: 'http',
    tags: ['a', 'b'],
    limits: { a: 2 },
    free: { whatever: [1, { deep: true }] },
    partly: { known: 'a', other: 1 },
    any: 5,
    inner: { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'i', labels }, spec: { a: 'b' } },
    either: { a: 'x' },
    list: [{ key: 'k' }],
  },
});

/** An object of each of many kinds that the API server decodes as it is, with many kinds of fields. */
export const VALID_OBJECTS: readonly Manifest[] = [
  object('v1', 'Pod', { spec: podSpec }),
  object('v1', 'PodTemplate', { template }),
  object('v1', 'ReplicationController', { spec: { replicas: 1, selector: labels, template } }),
  object('apps/v1', 'Deployment', {
    spec: {
      replicas: 2,
      selector,
      template,
      strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } },
    },
  }),
  object('apps/v1', 'ReplicaSet', { spec: { selector, template } }),
  object('apps/v1', 'DaemonSet', { spec: { selector, template } }),
  object('apps/v1', 'StatefulSet', {
    spec: {
      selector,
      template,
      serviceName: 's',
      volumeClaimTemplates: [{ metadata: { name: 'v' }, spec: claimSpec }],
    },
  }),
  object('apps/v1', 'ControllerRevision', { revision: 1, data: { any: 'thing' } }),
  object('batch/v1', 'Job', { spec: { backoffLimit: 1, template: jobTemplate } }),
  object('batch/v1', 'CronJob', {
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: jobTemplate } } },
  }),
  object('v1', 'Service', {
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }], type: 'ClusterIP' },
  }),
  object('v1', 'ServiceAccount', { automountServiceAccountToken: false, imagePullSecrets: [{ name: 's' }] }),
  object('v1', 'ConfigMap', { data: { a: 'b' }, binaryData: { c: 'aGk=' }, immutable: true }),
  object('v1', 'Secret', { type: 'Opaque', stringData: { a: 'b' }, data: { c: 'aGk=' } }),
  object('v1', 'Namespace', { spec: { finalizers: ['kubernetes'] } }),
  object('v1', 'ResourceQuota', {
    spec: { hard: { pods: '10', 'requests.cpu': 4 }, scopes: ['NotTerminating'] },
  }),
  object('v1', 'LimitRange', { spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } }),
  object('v1', 'PersistentVolumeClaim', { spec: claimSpec }),
  object('v1', 'PersistentVolume', {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], nfs: { server: 'a', path: '/b' } },
  }),
  object('v1', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] }),
  object('v1', 'Event', {
    involvedObject: { kind: 'Pod', name: 'a', namespace: 'default' },
    firstTimestamp: '2026-01-31T12:00:00Z',
    eventTime: '2026-01-31T12:00:00.000001Z',
    metadata: { name: 'example', namespace: 'default' },
    reportingComponent: 'a.example/b',
    reportingInstance: 'c',
    action: 'Look',
    reason: 'Look',
    type: 'Normal',
  }),
  object('v1', 'Node', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }], unschedulable: true } }),
  object('rbac.authorization.k8s.io/v1', 'Role', {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], resourceNames: ['a'] }],
  }),
  object('rbac.authorization.k8s.io/v1', 'ClusterRole', {
    rules: [{ nonResourceURLs: ['/healthz'], verbs: ['get'] }],
    aggregationRule: { clusterRoleSelectors: [selector] },
  }),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
    subjects: [{ kind: 'ServiceAccount', name: 'a', namespace: 'b' }],
  }),
  object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'a' },
    subjects: [{ kind: 'User', name: 'a', apiGroup: 'rbac.authorization.k8s.io' }],
  }),
  object('networking.k8s.io/v1', 'NetworkPolicy', {
    spec: {
      podSelector: selector,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [{ namespaceSelector: selector }], ports: [{ port: 80, endPort: 90, protocol: 'TCP' }] },
      ],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }],
    },
  }),
  object('networking.k8s.io/v1', 'Ingress', {
    spec: {
      ingressClassName: 'a',
      tls: [{ hosts: ['a.example'], secretName: 's' }],
      rules: [
        {
          host: 'a.example',
          http: {
            paths: [
              { path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } },
            ],
          },
        },
      ],
    },
  }),
  object('networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'a.example/b' } }),
  object('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: '50%', selector } }),
  object('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' },
      maxReplicas: 3,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } },
        },
      ],
    },
  }),
  object('autoscaling/v1', 'HorizontalPodAutoscaler', {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' }, maxReplicas: 3 },
  }),
  object('scheduling.k8s.io/v1', 'PriorityClass', { value: 100, globalDefault: false, description: 'a' }),
  object('storage.k8s.io/v1', 'StorageClass', {
    provisioner: 'a.example/b',
    parameters: { type: 'ssd' },
    allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a'] }] }],
  }),
  object('storage.k8s.io/v1', 'CSIDriver', {
    spec: { attachRequired: true, tokenRequests: [{ audience: 'a' }] },
  }),
  object('storage.k8s.io/v1', 'VolumeAttachment', {
    spec: { attacher: 'a.example', nodeName: 'n', source: { persistentVolumeName: 'v' } },
  }),
  object('node.k8s.io/v1', 'RuntimeClass', { handler: 'runc', overhead: { podFixed: { cpu: '10m' } } }),
  object('coordination.k8s.io/v1', 'Lease', {
    spec: { holderIdentity: 'a', leaseDurationSeconds: 10, renewTime: '2026-01-31T12:00:00.000001Z' },
  }),
  object('discovery.k8s.io/v1', 'EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
    ports: [{ name: 'http', port: 80 }],
  }),
  object('certificates.k8s.io/v1', 'CertificateSigningRequest', {
    spec: { request: 'aGk=', signerName: 'a.example/b', usages: ['client auth'] },
  }),
  object('flowcontrol.apiserver.k8s.io/v1', 'FlowSchema', {
    spec: {
      priorityLevelConfiguration: { name: 'a' },
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: 'a' } }],
          nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['*'] }],
        },
      ],
    },
  }),
  object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
    webhooks: [
      {
        name: 'a.example.com',
        clientConfig: { url: 'https://a.example', caBundle: 'aGk=' },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: 5,
      },
    ],
  }),
  object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', {
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      validations: [{ expression: 'true', message: 'a' }],
    },
  }),
  object('apiregistration.k8s.io/v1', 'APIService', {
    metadata: { name: 'v1.a.example' },
    spec: {
      group: 'a.example',
      version: 'v1',
      groupPriorityMinimum: 10,
      versionPriority: 10,
      service: { name: 's', namespace: 'n', port: 443 },
    },
  }),
  WIDGET_DEFINITION,
];
