import { examplePod } from '../../../policies/example-pod';

/** Who acts: an identity of the test, or an authorization header. */
export type Actor = 'admin' | 'jane' | 'noisy' | 'node' | 'controller' | 'scheduler' | 'glass' | 'nobody';

/** One request, and what the audit log must hold of it: level, and whether the bodies are there; `undefined` is no event at all. */
export interface Action {
  readonly what: string;
  readonly as?: Actor;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the API server answers. */
  readonly status: number;
  readonly level?: 'Metadata' | 'Request' | 'RequestResponse';
  /** Refused before the body is looked at: the event has none. */
  readonly unread?: boolean;
  /** The verb in the event. */
  readonly verb?: string;
}

const MERGE = { 'content-type': 'application/merge-patch+json' };
const NAMESPACE = '/api/v1/namespaces/audited';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
const subjects = [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }];
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'role' };
const named = (name: string, more: object = {}) => ({ metadata: { name }, ...more });
const pod = (name: string) => named(name, { spec: examplePod() });
const template = { metadata: { labels: { app: 'a' } }, spec: examplePod() };

/** The actions, in the order in which they are done. The canaries must never be in the log. */
export function auditActions(canary: string, request: string): readonly Action[] {
  const secret = { stringData: { key: canary } };
  const basic = Buffer.from(`admin:${canary}`).toString('base64');
  const meta = { level: 'Metadata' } as const;
  const whole = { level: 'RequestResponse' } as const;
  const post = (what: string, path: string, body: unknown, more: Partial<Action>): Action => ({
    what,
    method: 'POST',
    path,
    body,
    status: 201,
    ...more,
  });
  return [
    post('a namespace is made', '/api/v1/namespaces', named('audited'), whole),
    {
      what: 'a namespace is labelled',
      method: 'PATCH',
      path: NAMESPACE,
      headers: MERGE,
      body: { metadata: { labels: { a: 'b' } } },
      status: 200,
      verb: 'patch',
      ...whole,
    },
    post('a Secret is made', `${NAMESPACE}/secrets`, named('s', secret), meta),
    { what: 'a Secret is read', path: `${NAMESPACE}/secrets/s`, status: 200, verb: 'get', ...meta },
    { what: 'Secrets are listed', path: '/api/v1/secrets', status: 200, verb: 'list', ...meta },
    {
      what: 'Secrets are watched',
      path: '/api/v1/secrets?watch=1&timeoutSeconds=1',
      status: 200,
      verb: 'watch',
      ...meta,
    },
    {
      what: 'a Secret is replaced',
      method: 'PUT',
      path: `${NAMESPACE}/secrets/s`,
      body: named('s', secret),
      status: 200,
      verb: 'update',
      ...meta,
    },
    {
      what: 'a Secret is changed',
      method: 'PATCH',
      path: `${NAMESPACE}/secrets/s`,
      headers: MERGE,
      body: secret,
      status: 200,
      verb: 'patch',
      ...meta,
    },
    {
      what: 'a Secret is removed',
      method: 'DELETE',
      path: `${NAMESPACE}/secrets/s`,
      status: 200,
      verb: 'delete',
      ...meta,
    },
    {
      what: 'all Secrets are removed',
      method: 'DELETE',
      path: `${NAMESPACE}/secrets`,
      status: 200,
      verb: 'deletecollection',
      ...meta,
    },
    post('a ConfigMap is made', `${NAMESPACE}/configmaps`, named('c', { data: { key: canary } }), meta),
    {
      what: 'a ConfigMap is changed',
      method: 'PATCH',
      path: `${NAMESPACE}/configmaps/c`,
      headers: MERGE,
      body: { data: { other: canary } },
      status: 200,
      verb: 'patch',
      ...meta,
    },
    { what: 'a ConfigMap is read', path: `${NAMESPACE}/configmaps/c`, status: 200, verb: 'get', ...meta },
    post('a service account is made', `${NAMESPACE}/serviceaccounts`, named('robot'), whole),
    post('a token is issued', `${NAMESPACE}/serviceaccounts/robot/token`, {}, meta),
    post(
      'a token is reviewed',
      '/apis/authentication.k8s.io/v1/tokenreviews',
      { spec: { token: canary } },
      meta,
    ),
    post('a pod is made', `${NAMESPACE}/pods`, pod('p'), meta),
    post('a command is run in a pod', `${NAMESPACE}/pods/p/exec?command=id&stdout=1`, undefined, {
      status: 400,
      ...whole,
    }),
    {
      what: 'a command is run over WebSocket',
      path: `${NAMESPACE}/pods/p/exec?command=id&stdout=1`,
      status: 400,
      verb: 'get',
      ...whole,
    },
    post('a terminal is attached', `${NAMESPACE}/pods/p/attach?stdout=1`, undefined, {
      status: 400,
      ...whole,
    }),
    post('a port is forwarded', `${NAMESPACE}/pods/p/portforward`, undefined, { status: 400, ...whole }),
    {
      what: 'a pod is called through the API',
      path: `${NAMESPACE}/pods/p/proxy/`,
      status: 400,
      verb: 'get',
      ...whole,
    },
    {
      what: 'a service is called through the API',
      path: `${NAMESPACE}/services/none/proxy/`,
      status: 503,
      verb: 'get',
      ...whole,
    },
    {
      what: 'a kubelet is called through the API',
      path: '/api/v1/nodes/none/proxy/pods',
      status: 404,
      verb: 'get',
      ...whole,
    },
    {
      what: 'a debug container is added',
      method: 'PATCH',
      path: `${NAMESPACE}/pods/p/ephemeralcontainers`,
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
      body: {
        spec: {
          ephemeralContainers: [
            { ...(examplePod()['containers'] as object[])[0], name: 'debug', resources: undefined },
          ],
        },
      },
      status: 200,
      verb: 'patch',
      level: 'Request',
    },
    post('a pod is evicted', `${NAMESPACE}/pods/p/eviction`, named('p'), meta),
    post('a role is made', `${RBAC}/namespaces/audited/roles`, named('role', { rules }), whole),
    {
      what: 'a role is changed',
      method: 'PATCH',
      path: `${RBAC}/namespaces/audited/roles/role`,
      headers: MERGE,
      body: { rules },
      status: 200,
      verb: 'patch',
      ...whole,
    },
    {
      what: 'a role is read',
      path: `${RBAC}/namespaces/audited/roles/role`,
      status: 200,
      verb: 'get',
      ...meta,
    },
    post(
      'a role is bound',
      `${RBAC}/namespaces/audited/rolebindings`,
      named('b', { subjects, roleRef }),
      whole,
    ),
    {
      what: 'a binding is removed',
      method: 'DELETE',
      path: `${RBAC}/namespaces/audited/rolebindings/b`,
      status: 200,
      verb: 'delete',
      ...whole,
    },
    post(
      'somebody without rights binds cluster-admin',
      `${RBAC}/clusterrolebindings`,
      named('x', { subjects, roleRef: { ...roleRef, kind: 'ClusterRole', name: 'cluster-admin' } }),
      { as: 'jane', status: 403, unread: true, ...whole },
    ),
    {
      what: 'an administrator acts as another',
      path: `${NAMESPACE}/pods`,
      headers: { 'impersonate-user': 'john' },
      status: 403,
      verb: 'list',
      ...meta,
    },
    post(
      'a certificate is asked for',
      '/apis/certificates.k8s.io/v1/certificatesigningrequests',
      named('csr', {
        spec: { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
      }),
      whole,
    ),
    {
      what: 'a certificate is approved',
      method: 'PATCH',
      path: '/apis/certificates.k8s.io/v1/certificatesigningrequests/csr/approval',
      headers: MERGE,
      body: { status: { conditions: [{ type: 'Denied', status: 'True', reason: 'Test' }] } },
      status: 200,
      verb: 'patch',
      ...whole,
    },
    post(
      'a webhook is registered',
      `${ADMISSION}/validatingwebhookconfigurations`,
      named('w', { webhooks: [] }),
      whole,
    ),
    post(
      'an admission policy is made',
      `${ADMISSION}/validatingadmissionpolicies`,
      named('v', {
        spec: {
          matchConstraints: {
            resourceRules: [
              { apiGroups: ['example.com'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['x'] },
            ],
          },
          validations: [{ expression: 'true' }],
        },
      }),
      whole,
    ),
    {
      what: 'an admission policy is removed',
      method: 'DELETE',
      path: `${ADMISSION}/validatingadmissionpolicies/v`,
      status: 200,
      verb: 'delete',
      ...whole,
    },
    {
      what: 'an API service is changed',
      method: 'PATCH',
      path: '/apis/apiregistration.k8s.io/v1/apiservices/v1.apps',
      headers: MERGE,
      body: { metadata: { annotations: { a: 'b' } } },
      status: 200,
      verb: 'patch',
      ...whole,
    },
    post(
      'a network policy is made',
      '/apis/networking.k8s.io/v1/namespaces/audited/networkpolicies',
      named('n', { spec: { podSelector: {} } }),
      whole,
    ),
    {
      what: 'all network policies are removed',
      method: 'DELETE',
      path: '/apis/networking.k8s.io/v1/namespaces/audited/networkpolicies',
      status: 200,
      verb: 'deletecollection',
      ...whole,
    },
    post(
      'a volume is made',
      '/api/v1/persistentvolumes',
      named('pv', {
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          csi: { driver: 'd', volumeHandle: 'h' },
        },
      }),
      meta,
    ),
    post(
      'a lease is made',
      '/apis/coordination.k8s.io/v1/namespaces/audited/leases',
      named('l', { spec: { holderIdentity: 'x' } }),
      meta,
    ),
    post(
      'a workload is made, for which a rule was added',
      '/apis/apps/v1/namespaces/audited/deployments',
      named('d', { spec: { selector: { matchLabels: { app: 'a' } }, replicas: 0, template } }),
      whole,
    ),
    {
      what: 'the noisy user lists pods, for which a rule was added',
      as: 'noisy',
      path: '/api/v1/pods',
      status: 403,
    },
    {
      what: 'the noisy user lists Secrets',
      as: 'noisy',
      path: '/api/v1/secrets',
      status: 403,
      verb: 'list',
      ...meta,
    },
    {
      what: 'the noisy user removes pods',
      as: 'noisy',
      method: 'DELETE',
      path: `${NAMESPACE}/pods`,
      status: 403,
      verb: 'deletecollection',
      ...meta,
    },
    { what: 'the controller manager lists pods', as: 'controller', path: '/api/v1/pods', status: 200 },
    {
      what: 'the controller manager lists Secrets',
      as: 'controller',
      path: '/api/v1/secrets',
      status: 200,
      verb: 'list',
      ...meta,
    },
    { what: 'the scheduler lists pods', as: 'scheduler', path: '/api/v1/pods', status: 200 },
    {
      what: 'a node watches services',
      as: 'node',
      path: '/api/v1/services?watch=1&timeoutSeconds=1',
      status: 200,
    },
    {
      what: 'a node reads a Secret',
      as: 'node',
      path: `${NAMESPACE}/secrets/s`,
      status: 403,
      verb: 'get',
      ...meta,
    },
    {
      what: 'behind broken glass pods are listed',
      as: 'glass',
      path: `${NAMESPACE}/pods`,
      status: 200,
      verb: 'list',
      ...whole,
    },
    {
      what: 'behind broken glass ConfigMaps are listed',
      as: 'glass',
      path: `${NAMESPACE}/configmaps`,
      status: 200,
      verb: 'list',
      ...meta,
    },
    { what: 'a health check', as: 'nobody', path: '/readyz', status: 200 },
    { what: 'nobody asks for the API', as: 'nobody', path: '/api', status: 401, ...meta },
    {
      what: 'a token that is none',
      as: 'nobody',
      path: '/api/v1/pods',
      headers: { authorization: `Bearer ${canary}` },
      status: 401,
      verb: 'list',
      ...meta,
    },
    {
      what: 'basic auth',
      as: 'nobody',
      path: '/api/v1/pods',
      headers: { authorization: `Basic ${basic}` },
      status: 401,
      verb: 'list',
      ...meta,
    },
    { what: 'metrics are read', path: '/metrics', status: 200, verb: 'get', ...meta },
  ];
}
