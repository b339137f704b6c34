import { App } from 'cdk8s';
import { SelfManagedCluster, type SelfManagedClusterProps } from '../../../constructs';
import { SecretReference } from '../../../constructs/secrets/secret-reference';
import type { NodeEntry, NodeFile } from '../../../constructs/node/file-tree';
import type { KeelsonError } from '../../../model';
import { cluster, PROPS } from './sample';

function problems(props: Partial<SelfManagedClusterProps>): readonly string[] {
  try {
    cluster(props);
    return [];
  } catch (error) {
    return (error as KeelsonError).problems.map(({ where, message }) => `${where}: ${message}`);
  }
}

const prod = cluster();
const [first, second, third, worker] = prod.machines;
const file = (entries: readonly NodeEntry[], path: string): NodeFile =>
  entries.find((entry) => entry.path === path) as NodeFile;
const documents = (entries: readonly NodeEntry[]): readonly Record<string, unknown>[] =>
  file(entries, '/etc/kubernetes/keelson/kubeadm.yaml').content as readonly Record<string, unknown>[];

describe('what is refused', () => {
  test.each<[string, Partial<SelfManagedClusterProps>, string]>([
    ['a version that is none', { kubernetes: '1.37' }, 'prod.kubernetes: "1.37" is no patch release'],
    ['a release without data', { kubernetes: '1.34.1' }, 'prod.kubernetes: "1.34.1" is no patch release'],
    [
      'workers that are ahead',
      { kubernetes: '1.36.3', workerKubernetes: '1.37.2' },
      "prod.workerKubernetes: kubelet 1.37.2 is ahead of the API server's 1.36.3",
    ],
    ['an endpoint without a port', { endpoint: 'api.example' }, 'prod.endpoint: "api.example" is no host'],
    ['an endpoint with a scheme', { endpoint: 'https://api.example:6443' }, 'prod.endpoint'],
    ['an address that is none', { endpoint: '300.0.0.1:6443' }, 'prod.endpoint'],
    ['two control planes', { controlPlanes: PROPS.controlPlanes.slice(1) }, 'prod.controlPlanes: 2 machines'],
    ['no control plane', { controlPlanes: [] }, 'prod.controlPlanes: 0 machines'],
    [
      'an even etcd',
      {
        etcd: [
          { name: 'a', address: '192.0.2.31' },
          { name: 'b', address: '192.0.2.32' },
        ],
      },
      'prod.etcd',
    ],
    ['a host name with a dot', { workers: [{ name: 'a.b', address: '192.0.2.21' }] }, 'prod.workers[0].name'],
    ['loopback', { workers: [{ name: 'a', address: '127.0.0.1' }] }, 'prod.workers[0].address'],
    [
      'a name twice',
      { workers: [{ name: 'cp-1', address: '192.0.2.21' }] },
      '"cp-1" is also the name of controlPlanes[0]',
    ],
    [
      'an address twice, however it is written',
      {
        controlPlanes: [{ name: 'a', address: '2001:db8::1' }],
        workers: [{ name: 'b', address: '2001:db8:0:0:0:0:0:1' }],
      },
      'is also the address of controlPlanes[0]',
    ],
    [
      'pods that overlap Services',
      { services: ['10.244.0.0/24'] },
      'prod.services[0]: 10.244.0.0/24 overlaps pods[0]',
    ],
    [
      'pods over machines',
      { pods: ['192.0.2.0/24'] },
      'prod.pods[0]: It holds 192.0.2.11, the address of cp-1',
    ],
    ['two ranges of a family', { pods: ['10.244.0.0/16', '10.245.0.0/16'] }, 'prod.pods: 2 ranges'],
    ['bits past the prefix', { pods: ['10.244.1.0/16'] }, 'prod.pods[0]'],
    ['no range', { pods: [] }, 'prod.pods: 0 ranges'],
    ['a domain that is none', { domain: 'Cluster_local' }, 'prod.domain'],
    ['no key', { encryption: { keys: [] } }, 'There is no key to encrypt with'],
    ['an endpoint that is loopback', { endpoint: '127.0.0.1:6443' }, 'leads each machine to itself'],
    ['an endpoint that is localhost', { endpoint: 'localhost:6443' }, 'leads each machine to itself'],
    [
      'an isolation that is no label',
      { workers: [{ name: 'a', address: '192.0.2.21', isolation: 'a b' }] },
      'prod.workers[0].isolation: "a b" is no value',
    ],
    [
      'an isolated control plane',
      { controlPlanes: [{ name: 'a', address: '192.0.2.11', isolation: 'payments' }] },
      'prod.controlPlanes[0].isolation',
    ],
    ['an address of one link', { workers: [{ name: 'a', address: 'fe80::1' }] }, 'prod.workers[0].address'],
    ['a name of the server with a line of its own', { serverNames: ['a\nb'] }, 'prod.serverNames[0]'],
    ['a wildcard', { serverNames: ['*.example'] }, 'prod.serverNames[0]'],
    ['an empty name', { serverNames: ['ok.example', ''] }, 'prod.serverNames[1]'],
    ['a profile that is none', { cryptography: 'toString' as 'fips' }, 'prod.cryptography: "toString"'],
    ['Services without room for the DNS', { services: ['10.96.0.0/30'] }, 'has 30 bits; from 12 to 28'],
    ['Services that the API server does not take', { services: ['11.0.0.0/8'] }, 'has 8 bits'],
    ['pods without room for a node', { pods: ['10.244.0.0/28'] }, 'has 28 bits; from 8 to 24'],
    [
      'pods that are loopback',
      { pods: ['127.0.0.0/8'] },
      'prod.pods[0]: 127.0.0.0/8 has addresses of loopback',
    ],
    ['pods where clouds give credentials', { pods: ['169.254.0.0/16'] }, 'prod.pods[0]: 169.254.0.0/16'],
    ['Services that are multicast', { services: ['224.0.0.0/12'] }, 'prod.services[0]: 224.0.0.0/12'],
    [
      'a machine that is broadcast',
      { workers: [{ name: 'a', address: '255.255.255.255' }] },
      'no address that',
    ],
    ...['/plugin.sock', '/run/plugin.sock', '/run/containerd/kms.sock'].map(
      (socket): [string, Partial<SelfManagedClusterProps>, string] => [
        `a socket beside those of others: ${socket}`,
        { encryption: { keys: [{ method: 'kms', name: 'vault', socket }] } },
        `prod.encryption.keys[0].socket: "${socket}" is not in a folder of the plugin's own`,
      ],
    ),
  ])('%s', (_, props, message) => {
    expect(problems(props)).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });

  test('all at once', () => {
    expect(problems({ kubernetes: 'new', endpoint: '', pods: [], domain: '' })).toHaveLength(5);
  });
});

test('two families of addresses are taken', () => {
  expect(
    problems({ pods: ['10.244.0.0/16', 'fd00:244::/56'], services: ['10.96.0.0/16', 'fd00:96::/112'] }),
  ).toEqual([]);
});

describe("kubeadm's documents", () => {
  test('the first machine starts the cluster, the others join it', () => {
    expect(documents(prod.machineFiles(first!)).map(({ kind }) => kind)).toEqual([
      'InitConfiguration',
      'ClusterConfiguration',
      'KubeletConfiguration',
      'KubeProxyConfiguration',
    ]);
    expect(documents(prod.machineFiles(second!)).map(({ kind }) => kind)).toEqual(['JoinConfiguration']);
    expect(documents(prod.machineFiles(worker!))).toMatchObject([
      { kind: 'JoinConfiguration', nodeRegistration: { name: 'worker-1', taints: [] } },
    ]);
  });

  test('a join knows the cluster by a file, and never by asking it without credentials', () => {
    for (const entries of [prod.machineFiles(third!), prod.machineFiles(worker!)]) {
      const [join] = documents(entries);
      expect(join?.['discovery']).toEqual({
        file: { kubeConfigPath: '/etc/kubernetes/keelson/discovery.conf' },
        tlsBootstrapToken: new SecretReference('prod/join-token'),
      });
    }
  });

  test('kubeadm is told of patches where there are any: it does not join where the folder is missing', () => {
    for (const machine of prod.machines) {
      const entries = prod.machineFiles(machine);
      const [document] = documents(entries);
      const { directory } = (document?.['patches'] ?? {}) as { directory?: string };
      const there = entries.some(({ path }) => path.startsWith('/etc/kubernetes/keelson/patches/'));
      expect(directory).toBe(there ? '/etc/kubernetes/keelson/patches' : undefined);
    }
  });

  test('the API server sees the socket of a plugin, and no more of the machine for it', () => {
    const kms = { method: 'kms' as const, name: 'vault', socket: '/run/kms/vault/plugin.sock' };
    const [, configuration] = documents(cluster({ encryption: { keys: [kms] } }).machineFiles(first!));
    const { extraVolumes } = configuration?.['apiServer'] as { extraVolumes: readonly unknown[] };
    const folder = '/run/kms/vault';
    expect(extraVolumes).toContainEqual({
      name: 'kms-0',
      hostPath: folder,
      mountPath: folder,
      readOnly: true,
      pathType: 'Directory',
    });
    expect(extraVolumes).toHaveLength(3);
  });

  test('the token of joins is a reference, and short-lived', () => {
    const [init] = documents(prod.machineFiles(first!));
    expect(init?.['bootstrapTokens']).toMatchObject([{ token: expect.any(SecretReference), ttl: '1h0m0s' }]);
  });

  test('no workload is scheduled on a control plane: that is said, and not left to a default', () => {
    for (const machine of [first!, second!]) {
      const registration = documents(prod.machineFiles(machine))[0]?.['nodeRegistration'];
      expect(registration).toMatchObject({
        taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
      });
    }
  });

  test('a worker that is kept for some has a taint from its first moment, and a label that its kubelet cannot set', () => {
    const key = 'node-restriction.kubernetes.io/isolation';
    const isolated = cluster({
      workers: [
        { name: 'worker-1', address: '192.0.2.21', isolation: 'payments' },
        { name: 'worker-2', address: '192.0.2.22' },
      ],
    });
    const [, , , kept, open] = isolated.machines;
    expect(documents(isolated.machineFiles(kept!))).toMatchObject([
      { nodeRegistration: { taints: [{ key, value: 'payments', effect: 'NoSchedule' }] } },
    ]);
    expect(documents(isolated.machineFiles(open!))).toMatchObject([{ nodeRegistration: { taints: [] } }]);
    expect(isolated.nodeLabels).toEqual({ 'worker-1': { [key]: 'payments' } });
    expect(JSON.stringify(isolated.machineFiles(kept!))).not.toContain('node-labels');
  });

  test('what differs between machines is in no document for all of them', () => {
    const text = JSON.stringify(documents(prod.machineFiles(first!))[1]);
    expect(text).not.toContain('192.0.2.11');
    expect(text).not.toContain('cp-1');
  });

  test('an etcd of its own is named, and no member runs beside the API server', () => {
    const etcd = ['31', '32', '33'].map((last) => ({ name: `etcd-${last}`, address: `192.0.2.${last}` }));
    const [, configuration] = documents(cluster({ etcd }).machineFiles(first!));
    expect(configuration?.['etcd']).toMatchObject({
      external: {
        endpoints: ['https://192.0.2.31:2379', 'https://192.0.2.32:2379', 'https://192.0.2.33:2379'],
      },
    });
  });

  test('the FIPS profile reaches every component, and the keys that kubeadm makes', () => {
    const keys = [
      {
        method: 'aesgcm' as const,
        name: 'key-1',
        secret: new SecretReference('encryption/key-1'),
        madeOn: '2026-11-01',
      },
    ];
    const fips = cluster({ cryptography: 'fips', encryption: { keys } });
    expect(fips.pki(first!).curve).toBe('P-384');
    const [, configuration] = documents(fips.machineFiles(first!));
    const extraEnvs = [{ name: 'GODEBUG', value: 'fips140=on' }];
    expect(configuration).toMatchObject({
      encryptionAlgorithm: 'ECDSA-P384',
      apiServer: { extraEnvs },
      controllerManager: { extraEnvs },
      scheduler: { extraEnvs },
      etcd: { local: { extraEnvs } },
    });
  });
});

describe('keys and certificates', () => {
  const paths = (entries: readonly NodeEntry[]): readonly string[] => entries.map(({ path }) => path);

  test('are references, each key for root alone', () => {
    const entries = prod.machineFiles(first!).filter(({ path }) => path.startsWith('/etc/kubernetes/pki/'));
    expect(entries.length).toBeGreaterThan(20);
    for (const entry of entries) {
      expect((entry as NodeFile).content).toBeInstanceOf(SecretReference);
      expect([entry.owner, entry.group]).toEqual(['root', 'root']);
      expect(entry.mode).toBe(0o600);
    }
  });

  test('the keys of the authorities of etcd and front proxy are on no machine unless that is chosen', () => {
    const keys = ['/etc/kubernetes/pki/etcd/ca.key', '/etc/kubernetes/pki/front-proxy-ca.key'];
    for (const machine of [first!, second!]) {
      const own = paths(prod.machineFiles(machine));
      expect(own.filter((path) => keys.includes(path))).toEqual([]);
      expect(own).toContain('/etc/kubernetes/pki/ca.key');
    }
    const chosen = paths(cluster({ authorityKeys: 'control-plane' }).machineFiles(first!));
    expect(chosen).toEqual(expect.arrayContaining(keys));
  });

  test('the API server is named by the endpoint, the machine, its Service and what was added', () => {
    const { leaves } = cluster({ serverNames: ['k8s.example'], domain: 'example.internal' }).pki(second!);
    expect(leaves.find(({ name }) => name === 'apiserver')).toMatchObject({
      dnsNames: expect.arrayContaining([
        'api.example',
        'cp-2',
        'k8s.example',
        'kubernetes.default.svc.example.internal',
      ]),
      ipAddresses: ['192.0.2.12', '127.0.0.1', '10.96.0.1'],
    });
  });

  test('etcd knows kubeadm and the API server by names that no other certificate has', () => {
    const { leaves } = prod.pki(first!);
    const named = (name: string) =>
      leaves.filter(({ dnsNames }) => dnsNames.includes(name)).map((spec) => spec.name);
    expect(named('apiserver.etcd.keelson')).toEqual(['apiserver-etcd-client']);
    expect(named('kubeadm.etcd.keelson')).toEqual(['etcd/healthcheck-client']);
  });
});

describe('components of a machine', () => {
  const { apiServer, controllerManager, scheduler, etcd } = prod.controlPlane(first!);

  test('only the API server and etcd are reached from other machines', () => {
    const listeners = [apiServer, controllerManager, scheduler, etcd].flatMap(
      (component) => component.listeners,
    );
    expect(
      listeners.filter(({ host }) => host !== '127.0.0.1').map(({ host, port }) => `${host}:${port}`),
    ).toEqual(['0.0.0.0:6443', '192.0.2.11:2379', '192.0.2.11:2380']);
  });

  test('what is plain is on loopback', () => {
    const plain = etcd.listeners.filter(({ protocol }) => protocol === 'plain');
    expect(plain).toEqual([
      { purpose: 'health and metrics', host: '127.0.0.1', port: 2381, protocol: 'plain' },
    ]);
  });

  test('tokens of service accounts name the domain of the cluster, unless another issuer is given', () => {
    const issuer = (props: Partial<SelfManagedClusterProps>) =>
      cluster(props)
        .controlPlane(first!)
        .apiServer.settings.find(({ name }) => name === 'service-account-issuer')?.value;
    expect(issuer({})).toBe('https://kubernetes.default.svc.cluster.local');
    expect(issuer({ domain: 'example.internal' })).toBe('https://kubernetes.default.svc.example.internal');
    const serviceAccounts = { issuer: 'https://issuer.example' };
    expect(issuer({ authentication: { serviceAccounts } })).toBe('https://issuer.example');
  });

  test('the API server asks the etcd of its own machine', () => {
    expect(apiServer.settings.find(({ name }) => name === 'etcd-servers')?.value).toBe(
      'https://127.0.0.1:2379',
    );
  });
});

test('static pods can neither write their root, nor gain privileges, nor have capabilities but what they need', () => {
  const patches = prod.machineFiles(first!).filter(({ path }) => path.includes('/patches/')) as NodeFile[];
  const contexts = Object.fromEntries(
    patches.map(({ content }) => {
      const { spec } = content as { spec: { containers: { name: string; securityContext: unknown }[] } };
      return [spec.containers[0]!.name, spec.containers[0]!.securityContext];
    }),
  );
  const context = (...add: readonly string[]) => ({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], ...(add.length === 0 ? {} : { add }) },
  });
  expect(contexts).toEqual({
    etcd: context('DAC_OVERRIDE'),
    'kube-apiserver': context('NET_BIND_SERVICE'),
    'kube-controller-manager': context(),
    'kube-scheduler': context(),
  });
});

test('the same properties give the same files', () => {
  const render = () => JSON.stringify(cluster().machineFiles(first!));
  expect(render()).toBe(render());
});

test.each(['..', '.', 'a b', 'a\\b', 'Prod', '-'])('a cluster is not called %j', (id) => {
  expect(() => new SelfManagedCluster(new App(), id, PROPS)).toThrow(/is no name of a cluster/);
});

test('all clusters of a tree are found', () => {
  const app = new App();
  const one = new SelfManagedCluster(app, 'one', PROPS);
  expect(SelfManagedCluster.allIn(app)).toEqual([one]);
});
