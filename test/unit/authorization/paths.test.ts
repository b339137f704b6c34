import { boundTo, granted, namespace, objects, pod, rule, ways } from './support';
import fc from 'fast-check';
import { analyse, TECHNIQUES } from '../../../authorization';
import type { Manifest } from '../../../constructs';

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const EVE = 'Group eve';

/** An account of the namespace `strong` that is an administrator, as some operators are. */
const STRONG = [namespace('strong'), ...granted('account strong/robot', ['*', '/*']).map(all)];

function all(manifest: Manifest): Manifest {
  if (manifest.kind !== 'ClusterRole') return manifest;
  return { ...manifest, rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] };
}

const everything = (where?: string) =>
  granted('group eve', ['*'], where).map((manifest) =>
    manifest.kind.endsWith('Role')
      ? { ...manifest, rules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] }
      : manifest,
  );
const eve = (rules: readonly string[], where?: string) => granted('group eve', rules, where);
const tokenSecret = (name: string, account: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'strong', annotations: { 'kubernetes.io/service-account.name': account } },
  type: 'kubernetes.io/service-account-token',
});

/** Pods that hold no token, and one of them that is root on its node. */
const SILENT = { automountServiceAccountToken: false };
const PRIVILEGED = { ...SILENT, containers: [{ name: 'main', securityContext: { privileged: true } }] };

const clusterRole = (name: string, rules: readonly string[]): Manifest =>
  ({
    ...{ apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name } },
    rules: rules.map(rule),
  }) as Manifest;
const namespacedRole = (name: string, where: string, rules: readonly string[]): Manifest =>
  ({ ...clusterRole(name, rules), kind: 'Role', metadata: { name, namespace: where } }) as Manifest;
/** A binding of eve to a role that is there. */
const holds = (role: string): Manifest => ({
  ...{ apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata: { name: `eve-${role}` } },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
  subjects: [{ apiGroup: RBAC, kind: 'Group', name: 'eve' }],
});
/** What kubeadm gives to nodes that join. */
const JOINING = granted('group system:bootstrappers:kubeadm:default-node-token', [
  `create certificatesigningrequests.${CERTIFICATES}`,
  `create certificatesigningrequests/nodeclient.${CERTIFICATES}`,
]);

/** What eve is given, and the techniques of her shortest way; undefined where there is none. */
const PLANTED: readonly (readonly [
  what: string,
  given: readonly (Manifest | readonly Manifest[])[],
  way?: readonly string[],
])[] = [
  ['everything', [everything()], ['all-verbs']],
  ['everything in a namespace with a strong account', [everything('strong')], ['relabel-namespace']],
  [
    'everything in another namespace, its labels too',
    [namespace('shop'), everything('shop')],
    ['relabel-namespace'],
  ],
  [
    'bind and bindings of the cluster',
    [eve([`bind clusterroles.${RBAC}`, `create clusterrolebindings.${RBAC}`])],
    ['bind'],
  ],
  [
    'bind by the name of the strongest',
    [eve([`bind clusterroles.${RBAC} cluster-admin`, `create clusterrolebindings.${RBAC}`])],
    ['bind'],
  ],
  ['bind of another role', [eve([`bind clusterroles.${RBAC} view`, `create clusterrolebindings.${RBAC}`])]],
  ['bind without bindings', [eve([`bind clusterroles.${RBAC}`])]],
  ['bindings without bind', [eve([`create clusterrolebindings.${RBAC}`, `create,update roles.${RBAC}`])]],
  [
    'bind in a namespace with a strong account',
    [eve([`bind clusterroles.${RBAC}`, `create rolebindings.${RBAC}`], 'strong')],
    ['bind', 'relabel-namespace'],
  ],
  ['escalate and a change of roles', [eve([`escalate,update clusterroles.${RBAC}`])], ['escalate']],
  ['escalate without a change', [eve([`escalate,get clusterroles.${RBAC}`])]],
  ['a change of roles without escalate', [eve([`update,patch clusterroles.${RBAC}`])]],
  ['escalate on a role that is not hers', [eve([`escalate,update clusterroles.${RBAC} theirs`])]],
  [
    'escalate on roles of a namespace with a strong account',
    [eve([`escalate,patch roles.${RBAC}`], 'strong')],
    ['escalate', 'relabel-namespace'],
  ],
  [
    'bind, and a change of the binding of the strongest',
    [eve([`bind clusterroles.${RBAC} cluster-admin`, `patch clusterrolebindings.${RBAC} cluster-admin`])],
    ['bind'],
  ],
  [
    'bind, and a change of another binding',
    [eve([`bind clusterroles.${RBAC} cluster-admin`, `patch clusterrolebindings.${RBAC} system:discovery`])],
  ],
  [
    'a change of the binding of the strongest, without bind',
    [eve([`patch,update clusterrolebindings.${RBAC} cluster-admin`])],
  ],
  [
    'bind of admin beside a strong account',
    [eve([`bind clusterroles.${RBAC} admin`, `create rolebindings.${RBAC}`], 'strong')],
    ['bind', 'impersonate', 'all-verbs'],
  ],
  [
    'bind of view beside a strong account',
    [eve([`bind clusterroles.${RBAC} view`, `create rolebindings.${RBAC}`], 'strong')],
  ],
  [
    'bind of admin where nothing strong is',
    [namespace('shop'), eve([`bind clusterroles.${RBAC} admin`, `create rolebindings.${RBAC}`], 'shop')],
  ],
  [
    'bind of a Role of the namespace',
    [
      namespacedRole('tokens', 'strong', ['create serviceaccounts/token']),
      eve([`bind roles.${RBAC} tokens`, `create rolebindings.${RBAC}`], 'strong'),
    ],
    ['bind', 'create-token', 'all-verbs'],
  ],
  [
    'bind of a Role of another namespace',
    [
      namespace('shop'),
      namespacedRole('tokens', 'strong', ['create serviceaccounts/token']),
      eve([`bind roles.${RBAC} tokens`, `create rolebindings.${RBAC}`], 'shop'),
    ],
  ],
  [
    'a new Role beside a strong account',
    [eve([`create,escalate,bind roles.${RBAC}`, `create rolebindings.${RBAC}`], 'strong')],
    ['escalate', 'relabel-namespace'],
  ],
  [
    'a new Role without escalate',
    [eve([`create,bind roles.${RBAC}`, `create rolebindings.${RBAC}`], 'strong')],
  ],
  [
    'a new Role without bind',
    [eve([`create,escalate roles.${RBAC}`, `create rolebindings.${RBAC}`], 'strong')],
  ],
  [
    'another role, by its name',
    [
      clusterRole('theirs', ['get pods']),
      eve([`patch,escalate,bind clusterroles.${RBAC} theirs`, `create clusterrolebindings.${RBAC}`]),
    ],
    ['escalate'],
  ],
  [
    'another role that is not there to be changed',
    [eve([`patch,escalate,bind clusterroles.${RBAC} theirs`, `create clusterrolebindings.${RBAC}`])],
  ],
  ['a role that hers takes', [holds('view'), eve([`create,escalate clusterroles.${RBAC}`])], ['escalate']],
  [
    'a role that hers would take, without escalate',
    [holds('view'), eve([`create,patch clusterroles.${RBAC}`])],
  ],
  [
    'a role that hers takes, by its name',
    [holds('view'), eve([`patch,escalate clusterroles.${RBAC} system:aggregate-to-view`])],
    ['escalate'],
  ],
  [
    'a role that hers takes, without escalate on it',
    [
      holds('view'),
      eve([`patch clusterroles.${RBAC} system:aggregate-to-view`, `escalate clusterroles.${RBAC} theirs`]),
    ],
  ],
  ['a new role, and none of hers takes any', [eve([`create,escalate clusterroles.${RBAC}`])]],
  ['impersonation of users and groups', [eve(['impersonate users,groups'])], ['impersonate']],
  ['impersonation of groups alone, which needs a user', [eve(['impersonate groups'])]],
  [
    'impersonation of groups, with an account that nobody knows',
    [eve(['impersonate groups system:masters', 'impersonate serviceaccounts nobody'])],
    ['impersonate'],
  ],
  ['impersonation of a user without rights', [eve(['impersonate users nobody'])]],
  [
    'impersonation of the controllers',
    [eve(['impersonate users system:kube-controller-manager'])],
    ['impersonate', 'create-token', 'escalate'],
  ],
  ['impersonation of a harmless group', [eve(['impersonate users jane', 'impersonate groups staff'])]],
  [
    'impersonation of a strong account',
    [eve(['impersonate serviceaccounts robot'], 'strong')],
    ['impersonate', 'all-verbs'],
  ],
  ['impersonation of another account', [eve(['impersonate serviceaccounts other'], 'strong')]],
  [
    'tokens of a strong account',
    [eve(['create serviceaccounts/token robot'], 'strong')],
    ['create-token', 'all-verbs'],
  ],
  [
    'tokens of a name everywhere, which is that of a strong account',
    [eve(['create serviceaccounts/token robot'])],
    ['create-token', 'all-verbs'],
  ],
  [
    'tokens of a name everywhere, where all accounts of a namespace are strong',
    [
      ...granted('group system:serviceaccounts:lab', ['*']).map(all),
      eve(['create serviceaccounts/token default']),
    ],
    ['create-token', 'all-verbs'],
  ],
  ['tokens of a name everywhere, which no strong account has', [eve(['create serviceaccounts/token other'])]],
  [
    'impersonation of a strong account as a user, which it is not',
    [eve(['impersonate users system:serviceaccount:strong:robot'])],
  ],
  [
    'impersonation of a name everywhere',
    [eve(['impersonate serviceaccounts robot'])],
    ['impersonate', 'all-verbs'],
  ],
  ['making pods by name, which no request has', [eve(['create pods x'], 'strong')]],
  [
    'making pods by a name that is empty, as the request has it',
    [eve(['create pods x,'], 'strong')],
    ['create-workload', 'all-verbs'],
  ],
  [
    'changing one Deployment beside a strong account',
    [eve(['create,update deployments.apps x'], 'strong')],
    ['create-workload', 'all-verbs'],
  ],
  ['tokens of another account', [eve(['create serviceaccounts/token other'], 'strong')]],
  ['tokens in another namespace', [namespace('shop'), eve(['create serviceaccounts/token'], 'shop')]],
  ['accounts, and not their tokens', [eve(['create,get serviceaccounts'], 'strong')]],
  [
    'Secrets where a token lies',
    [tokenSecret('t', 'robot'), eve(['get secrets'], 'strong')],
    ['read-secrets', 'all-verbs'],
  ],
  [
    'Secrets by the name of the token',
    [tokenSecret('t', 'robot'), eve(['get secrets t'], 'strong')],
    ['read-secrets', 'all-verbs'],
  ],
  ['Secrets by another name', [tokenSecret('t', 'robot'), eve(['get secrets u'], 'strong')]],
  ['Secrets where none is a token', [eve(['get,list,watch secrets'], 'strong')]],
  ['Secrets to make and to read', [eve(['create,get secrets'], 'strong')], ['read-secrets', 'all-verbs']],
  ['Secrets to make', [eve(['create secrets'], 'strong')]],
  ...[
    'pods',
    'replicationcontrollers',
    'deployments.apps',
    'replicasets.apps',
    'statefulsets.apps',
    'daemonsets.apps',
    'jobs.batch',
    'cronjobs.batch',
  ].map(
    (kind) =>
      [
        `making ${kind} beside a strong account`,
        [eve([`create ${kind}`], 'strong')],
        ['create-workload', 'all-verbs'],
      ] as const,
  ),
  [
    'changing a Deployment beside a strong account',
    [eve(['patch deployments.apps'], 'strong')],
    ['create-workload', 'all-verbs'],
  ],
  ['scaling a Deployment beside a strong account', [eve(['patch,update deployments/scale.apps'], 'strong')]],
  ['deleting and evicting beside a strong account', [eve(['delete pods', 'create pods/eviction'], 'strong')]],
  ['pods in another namespace', [namespace('shop'), eve(['create pods'], 'shop')]],
  [
    'pods where privileged ones are admitted',
    [namespace('open', 'privileged'), eve(['create pods'], 'open')],
    ['privileged-pod'],
  ],
  ['pods where baseline is enforced', [namespace('shop', 'baseline'), eve(['create pods'], 'shop')]],
  [
    'pods and the labels of their namespace',
    [namespace('shop'), eve(['create pods', 'patch namespaces'], 'shop')],
    ['relabel-namespace'],
  ],
  ...['patch namespaces/status', 'update namespaces/finalize'].map(
    (right) =>
      [
        `pods and the labels of their namespace, by ${right}`,
        [namespace('shop'), eve(['create pods', right], 'shop')],
        ['relabel-namespace'],
      ] as const,
  ),
  [
    'pods and the labels of another namespace',
    [namespace('shop'), namespace('tools'), eve(['create pods'], 'shop'), eve(['patch namespaces'], 'tools')],
  ],
  ['labels alone', [namespace('shop'), eve(['patch namespaces'])]],
  [
    'namespaces to make, and pods in one',
    [namespace('shop'), eve(['create pods'], 'shop'), eve(['create namespaces'])],
  ],
  [
    'exec where a strong account has a token',
    [pod('strong', 'robot'), eve(['create pods/exec'], 'strong')],
    ['enter-pod', 'all-verbs'],
  ],
  [
    'exec by reading, as browsers do',
    [pod('strong', 'robot'), eve(['get pods/exec'], 'strong')],
    ['enter-pod', 'all-verbs'],
  ],
  ['attach', [pod('strong', 'robot'), eve(['create pods/attach'], 'strong')], ['enter-pod', 'all-verbs']],
  [
    'ephemeral containers',
    [pod('strong', 'robot'), eve(['patch pods/ephemeralcontainers'], 'strong')],
    ['enter-pod', 'all-verbs'],
  ],
  [
    'another image for a pod',
    [pod('strong', 'robot'), eve(['patch pods'], 'strong')],
    ['enter-pod', 'all-verbs'],
  ],
  [
    'exec where no pod has a token',
    [pod('strong', 'robot', { automountServiceAccountToken: false }), eve(['create pods/exec'], 'strong')],
  ],
  [
    'exec where a token is for somebody else',
    [
      pod('strong', 'robot', {
        automountServiceAccountToken: false,
        volumes: [{ projected: { sources: [{ serviceAccountToken: { audience: 'vault', path: 't' } }] } }],
      }),
      eve(['create pods/exec'], 'strong'),
    ],
  ],
  ...['create pods/exec', 'patch pods'].map(
    (right) =>
      [
        `${right} where a pod without a token is privileged`,
        [namespace('open', 'privileged'), pod('open', 'x', PRIVILEGED), eve([right], 'open')],
        ['enter-pod'],
      ] as const,
  ),
  [
    'exec beside a privileged pod',
    [namespace('open', 'privileged'), pod('open', 'x', PRIVILEGED), eve(['create pods/exec'], 'strong')],
  ],
  [
    'ephemeral containers where privileged ones are admitted',
    [
      namespace('open', 'privileged'),
      pod('open', 'x', SILENT),
      eve(['patch pods/ephemeralcontainers'], 'open'),
    ],
    ['privileged-pod'],
  ],
  [
    'ephemeral containers where no pod is',
    [namespace('open', 'privileged'), eve(['patch pods/ephemeralcontainers'], 'open')],
  ],
  [
    'ephemeral containers where privileged ones are not admitted',
    [namespace('shop'), pod('shop', 'x', SILENT), eve(['patch pods/ephemeralcontainers'], 'shop')],
  ],
  ['exec where pods are of another account', [pod('strong', 'other'), eve(['create pods/exec'], 'strong')]],
  ['logs and ports', [pod('strong', 'robot'), eve(['get pods/log', 'create pods/portforward'], 'strong')]],
  [
    'impersonation of the node of a strong account',
    [
      pod('strong', 'robot', { nodeName: 'one', automountServiceAccountToken: false }),
      eve(['impersonate users system:node:one', 'impersonate groups system:nodes']),
    ],
    ['node-identity', 'all-verbs'],
  ],
  [
    'impersonation of another node',
    [
      pod('strong', 'robot', { nodeName: 'one' }),
      eve(['impersonate users system:node:two', 'impersonate groups system:nodes']),
    ],
  ],
  [
    'impersonation of a node without the group of nodes',
    [pod('strong', 'robot', { nodeName: 'one' }), eve(['impersonate users system:node:one'])],
  ],
  [
    'the certificate of a node that it approves',
    [
      pod('strong', 'robot'),
      eve([
        `create certificatesigningrequests.${CERTIFICATES}`,
        `update certificatesigningrequests/approval.${CERTIFICATES}`,
        `approve signers.${CERTIFICATES} kubernetes.io/kube-apiserver-client-kubelet`,
      ]),
    ],
    ['node-identity', 'all-verbs'],
  ],
  [
    'the certificate of a node, as one that joins',
    [
      pod('strong', 'robot'),
      eve([
        `create certificatesigningrequests.${CERTIFICATES}`,
        `create certificatesigningrequests/nodeclient.${CERTIFICATES}`,
      ]),
    ],
    ['node-identity', 'all-verbs'],
  ],
  [
    'the certificate of a node, where no pod is strong',
    [
      pod('strong', 'other'),
      eve([
        `create certificatesigningrequests.${CERTIFICATES}`,
        `create certificatesigningrequests/nodeclient.${CERTIFICATES}`,
      ]),
    ],
  ],
  [
    'the renewed certificate of a node, which only that node gets',
    [
      pod('strong', 'robot'),
      eve([
        `create certificatesigningrequests.${CERTIFICATES}`,
        `create certificatesigningrequests/selfnodeclient.${CERTIFICATES}`,
      ]),
    ],
  ],
  [
    'tokens with which nodes join',
    [pod('strong', 'robot'), JOINING, eve(['create secrets'], 'kube-system')],
    ['join-token', 'node-identity', 'all-verbs'],
  ],
  [
    'Secrets of another namespace, which are no tokens with which nodes join',
    [pod('strong', 'robot'), JOINING, eve(['create secrets'], 'strong')],
  ],
  [
    'an API, by a Service out of the cluster',
    [eve(['update apiservices.apiregistration.k8s.io']), eve(['create services'], 'strong')],
    ['replace-api'],
  ],
  ['an API without a Service', [eve(['create,update apiservices.apiregistration.k8s.io'])]],
  ['a Service without an API', [eve(['get apiservices.apiregistration.k8s.io', 'create services'])]],
  ['the kubelet', [eve(['get nodes/proxy'])], ['kubelet']],
  ['nodes without their kubelet', [eve(['get,list,patch nodes', 'get nodes/metrics'])]],
  [
    'certificates from request to approval',
    [
      eve([
        `create certificatesigningrequests.${CERTIFICATES}`,
        `update certificatesigningrequests/approval.${CERTIFICATES}`,
        `approve signers.${CERTIFICATES} kubernetes.io/kube-apiserver-client`,
      ]),
    ],
    ['sign-certificate', 'create-token', 'escalate'],
  ],
  [
    'certificates of another signer',
    [
      eve([
        `create certificatesigningrequests.${CERTIFICATES}`,
        `update certificatesigningrequests/approval.${CERTIFICATES}`,
        `approve signers.${CERTIFICATES} kubernetes.io/kubelet-serving`,
      ]),
    ],
  ],
  [
    'certificates that somebody else approves',
    [eve([`create,get certificatesigningrequests.${CERTIFICATES}`])],
  ],
  ['webhooks that mutate', [eve([`patch mutatingwebhookconfigurations.${ADMISSION}`])], ['change-admission']],
  ['webhooks to look at', [eve([`get mutatingwebhookconfigurations.${ADMISSION}`])]],
  [
    'policies that mutate, with bindings',
    [
      eve([
        `create mutatingadmissionpolicies.${ADMISSION}`,
        `create mutatingadmissionpolicybindings.${ADMISSION}`,
      ]),
    ],
    ['change-admission'],
  ],
  ['policies that mutate, without bindings', [eve([`create mutatingadmissionpolicies.${ADMISSION}`])]],
  [
    'volumes of the node and pods, whose claims a controller makes',
    [namespace('shop'), eve(['create persistentvolumes']), eve(['create jobs.batch'], 'shop')],
    ['persistent-volume'],
  ],
  [
    'claims and pods',
    [namespace('shop'), eve(['create persistentvolumeclaims', 'create jobs.batch'], 'shop')],
  ],
  ['volumes of the node, and no pod', [eve(['create persistentvolumes', 'create persistentvolumeclaims'])]],
  [
    'reading everything but Secrets',
    [eve(['get,list,watch pods,configmaps,nodes,serviceaccounts,events', `get,list,watch roles.${RBAC}`])],
  ],
];

describe('planted paths', () => {
  it.each(PLANTED.map(([what, given, way]) => ({ what, given, way })))('$what', ({ given, way }) => {
    expect(ways(objects(STRONG, ...given))[EVE]).toEqual(way);
  });

  it('cover every technique', () => {
    const used = new Set(PLANTED.flatMap(([, , way = []]) => way));
    expect([...used].sort()).toEqual(TECHNIQUES.map(({ id }) => id).sort());
  });
});

describe('paths that lead over others', () => {
  it('the shortest is told, step by step', () => {
    const given = objects(
      STRONG,
      eve(['create pods'], 'ci'),
      granted('account ci/builder', ['create pods/exec'], 'strong'),
      pod('strong', 'robot'),
    );
    expect(ways(given)).toEqual({
      [EVE]: ['create-workload', 'enter-pod', 'all-verbs'],
      'User system:serviceaccount:ci:builder': ['enter-pod', 'all-verbs'],
      'User system:serviceaccount:strong:robot': ['all-verbs'],
    });
  });

  it('in whatever order the objects come, the same ways are told', () => {
    const given = objects(
      STRONG,
      eve(['create pods,serviceaccounts/token', 'create,get secrets'], 'strong'),
      eve(['impersonate serviceaccounts'], 'strong'),
      granted('group staff', ['create jobs.batch', 'patch namespaces'], 'strong'),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray([...given], { minLength: given.length }), (shuffled) => {
        expect(analyse(shuffled).paths).toEqual(analyse(given).paths);
      }),
      { numRuns: 20 },
    );
  });

  it('a circle leads nowhere', () => {
    const given = objects(
      granted('account a/x', ['create serviceaccounts/token'], 'b'),
      granted('account b/y', ['create serviceaccounts/token'], 'a'),
    );
    expect(ways(given)).toEqual({});
  });

  it('what every account of a namespace may do counts for who makes one', () => {
    const given = objects(
      eve(['create deployments.apps'], 'shop'),
      granted('group system:serviceaccounts:shop', [`escalate,update clusterroles.${RBAC}`]),
    );
    expect(ways(given)).toMatchObject({ [EVE]: ['create-workload', 'escalate'] });
  });

  it('what everybody may do counts for everybody', () => {
    const given = objects(
      granted('user jane', ['get pods'], 'shop'),
      granted('group system:authenticated', ['get nodes/proxy']),
    );
    expect(ways(given)).toEqual({ 'Group system:authenticated': ['kubelet'], 'User jane': ['kubelet'] });
  });

  it('whoever reaches kube-system reaches its controllers', () => {
    expect(ways(objects(eve(['create serviceaccounts/token'], 'kube-system')))).toEqual({
      [EVE]: ['create-token', 'escalate'],
    });
  });

  it('Pod Security that nobody enforces is none', () => {
    const given = objects(eve(['create pods'], 'shop'));
    expect(ways(given, { podSecurity: 'privileged' })).toEqual({ [EVE]: ['privileged-pod'] });
    expect(ways(given, { podSecurity: 'restricted' })).toEqual({});
  });

  it.each(['system:kube-controller-manager', 'cluster-admin', 'admin'])(
    'a role of Kubernetes that a manifest makes smaller is as it was: %s',
    (name) => {
      const given = objects(STRONG, clusterRole(name, ['get nodes']), boundTo('group eve', name, undefined));
      expect(ways(given)[EVE]).toBeDefined();
      expect(ways(given)[EVE]).toEqual(ways(objects(STRONG, boundTo('group eve', name)))[EVE]);
    },
  );

  it('of two roles of a name both count, in whatever order', () => {
    const two = [clusterRole('twice', ['get nodes/proxy']), clusterRole('twice', ['get pods'])];
    for (const roles of [two, [...two].reverse()])
      expect(ways(objects(roles, boundTo('group eve', 'twice')))).toEqual({ [EVE]: ['kubelet'] });
  });

  it('a group of administrators that no object names is one', () => {
    const given = objects(eve(['impersonate users jane', 'impersonate groups kubeadm:cluster-admins']));
    expect(ways(given)).toEqual({});
    expect(ways(given, { administrators: ['kubeadm:cluster-admins'] })).toEqual({
      [EVE]: ['impersonate', 'all-verbs'],
    });
  });

  it('the binding of such a group can be changed, where its role may be bound', () => {
    const change = `patch clusterrolebindings.${RBAC} kubeadm:cluster-admins`;
    const facts = { administrators: ['kubeadm:cluster-admins'] };
    const mayBind = objects(eve([change, `bind clusterroles.${RBAC} cluster-admin`]));
    expect(ways(mayBind)).toEqual({});
    expect(ways(mayBind, facts)).toEqual({ [EVE]: ['bind'] });
    expect(ways(objects(eve([change, `bind clusterroles.${RBAC} view`])), facts)).toEqual({});
    const other = objects(
      eve([`patch clusterrolebindings.${RBAC} other`, `bind clusterroles.${RBAC} cluster-admin`]),
    );
    expect(ways(other, facts)).toEqual({});
    // The group of superusers needs no binding, so that none of its name is there.
    const none = eve([
      `patch clusterrolebindings.${RBAC} system:masters`,
      `bind clusterroles.${RBAC} cluster-admin`,
    ]);
    expect(ways(objects(none), { administrators: ['system:masters'] })).toEqual({});
  });

  it('subjects of Kubernetes itself are not reported', () => {
    expect(ways([])).toEqual({});
  });
});
