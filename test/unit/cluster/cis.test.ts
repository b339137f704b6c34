/**
 * Each item of the CIS Kubernetes Benchmark 1.12 for control planes (1.2 to 1.4), etcd (2) and control plane configuration (3), read from
 * what is rendered for kubeadm. That kubeadm makes these very flags of it is shown in test/e2e/kubeadm.test.ts; items 1.1 and 4 are in
 * test/unit/node/cis.test.ts.
 */
import type { NodeFile } from '../../../constructs/node/file-tree';
import { cluster } from './sample';

interface Arguments {
  readonly extraArgs: readonly { readonly name: string; readonly value: string }[];
}

const prod = cluster();
const files = prod.machineFiles(prod.machines[0]!).filter((entry) => entry.kind === 'file') as NodeFile[];
const content = (name: string) => files.find(({ path }) => path.endsWith(`/${name}`))!.content as never;
const [, configuration] = content('kubeadm.yaml') as [
  unknown,
  Record<'apiServer' | 'controllerManager' | 'scheduler', Arguments> & { etcd: { local: Arguments } },
];

const valuesOf = ({ extraArgs }: Arguments, flag: string): readonly string[] =>
  extraArgs.filter(({ name }) => name === flag).map(({ value }) => value);
const apiServer = (flag: string) => valuesOf(configuration.apiServer, flag);
const manager = (flag: string) => valuesOf(configuration.controllerManager, flag);
const scheduler = (flag: string) => valuesOf(configuration.scheduler, flag);
const etcd = (flag: string) => valuesOf(configuration.etcd.local, flag);

const is = (actual: readonly string[], value: string) => () => expect(actual).toEqual([value]);
const isFile =
  (...actual: readonly (readonly string[])[]) =>
  () => {
    for (const values of actual)
      expect(values).toEqual([expect.stringMatching(/^\/etc\/kubernetes\/.+\.(crt|key|pub|yaml)$/)]);
  };
const isAbsent = (actual: readonly string[]) => () => expect(actual).toEqual([]);
const atLeast = (actual: readonly string[], least: number) => () => {
  expect(actual).toHaveLength(1);
  expect(Number(actual[0])).toBeGreaterThanOrEqual(least);
};
const plugins = () => (apiServer('enable-admission-plugins')[0] ?? '').split(',');

/** Items that a person judges by more than settings, and what stands for them here. */
const ITEMS: Readonly<Record<string, () => void>> = {
  // Anonymous requests reach the three health paths and nothing else, which the flag alone cannot say.
  '1.2.1': () => {
    expect(apiServer('anonymous-auth')).toEqual([]);
    expect(content('authentication.yaml')).toMatchObject({
      anonymous: {
        enabled: true,
        conditions: [{ path: '/livez' }, { path: '/readyz' }, { path: '/healthz' }],
      },
    });
  },
  '1.2.2': isAbsent(apiServer('token-auth-file')),
  '1.2.3': () => expect(plugins()).toContain('DenyServiceExternalIPs'),
  '1.2.4': isFile(apiServer('kubelet-client-certificate'), apiServer('kubelet-client-key')),
  '1.2.5': isFile(apiServer('kubelet-certificate-authority')),
  '1.2.6': () => expect(apiServer('authorization-mode').join()).not.toContain('AlwaysAllow'),
  '1.2.7': () => expect(apiServer('authorization-mode').join().split(',')).toContain('Node'),
  '1.2.8': () => expect(apiServer('authorization-mode').join().split(',')).toContain('RBAC'),
  '1.2.9': () => expect(plugins()).toContain('EventRateLimit'),
  '1.2.10': () => expect(plugins()).not.toContain('AlwaysAdmit'),
  // Not on: since 1.35 the kubelet itself verifies that a pod may use an image that is there. See admission.ts.
  '1.2.11': () => {
    const kubelet = prod.nodeOf('worker').kubelet!.document;
    expect(kubelet['imagePullCredentialsVerificationPolicy']).toMatch(
      /^AlwaysVerify$|^NeverVerifyAllowlistedImages$/,
    );
  },
  '1.2.12': isAbsent(apiServer('disable-admission-plugins')),
  '1.2.13': isAbsent(apiServer('disable-admission-plugins')),
  '1.2.14': () => expect(plugins()).toContain('NodeRestriction'),
  '1.2.15': is(apiServer('profiling'), 'false'),
  '1.2.16': is(apiServer('audit-log-path'), '/var/log/kubernetes/audit.log'),
  '1.2.17': atLeast(apiServer('audit-log-maxage'), 30),
  '1.2.18': atLeast(apiServer('audit-log-maxbackup'), 10),
  '1.2.19': atLeast(apiServer('audit-log-maxsize'), 100),
  '1.2.20': is(apiServer('request-timeout'), '60s'),
  '1.2.21': is(apiServer('service-account-lookup'), 'true'),
  '1.2.22': isFile(apiServer('service-account-key-file')),
  '1.2.23': isFile(apiServer('etcd-certfile'), apiServer('etcd-keyfile')),
  '1.2.24': isFile(apiServer('tls-cert-file'), apiServer('tls-private-key-file')),
  '1.2.25': isFile(apiServer('client-ca-file')),
  '1.2.26': isFile(apiServer('etcd-cafile')),
  '1.2.27': isFile(apiServer('encryption-provider-config')),
  '1.2.28': () => {
    const { resources } = content('encryption.yaml') as {
      resources: { resources: string[]; providers: Record<string, unknown>[] }[];
    };
    expect(resources[0]!.resources).toContain('secrets');
    const providers = resources.flatMap((rule) =>
      rule.providers.flatMap((provider) => Object.keys(provider)),
    );
    expect(providers.length).toBeGreaterThan(0);
    for (const provider of providers) expect(['secretbox', 'aesgcm', 'kms']).toContain(provider);
  },
  '1.2.29': () => {
    expect(apiServer('tls-min-version')).toEqual(['VersionTLS13']);
    for (const suite of apiServer('tls-cipher-suites')[0]!.split(','))
      expect(suite).toMatch(/^TLS_(AES|CHACHA20)_/);
  },
  '1.2.30': is(apiServer('service-account-extend-token-expiration'), 'false'),
  '1.3.1': atLeast(manager('terminated-pod-gc-threshold'), 1),
  '1.3.2': is(manager('profiling'), 'false'),
  '1.3.3': is(manager('use-service-account-credentials'), 'true'),
  '1.3.4': isFile(manager('service-account-private-key-file')),
  '1.3.5': isFile(manager('root-ca-file')),
  '1.3.6': () =>
    expect(manager('feature-gates').join()).not.toContain('RotateKubeletServerCertificate=false'),
  '1.3.7': is(manager('bind-address'), '127.0.0.1'),
  '1.4.1': is(scheduler('profiling'), 'false'),
  '1.4.2': is(scheduler('bind-address'), '127.0.0.1'),
  '2.1': isFile(etcd('cert-file'), etcd('key-file')),
  '2.2': is(etcd('client-cert-auth'), 'true'),
  '2.3': is(etcd('auto-tls'), 'false'),
  '2.4': isFile(etcd('peer-cert-file'), etcd('peer-key-file')),
  '2.5': is(etcd('peer-client-cert-auth'), 'true'),
  '2.6': is(etcd('peer-auto-tls'), 'false'),
  '2.7': () => {
    expect(etcd('trusted-ca-file')).toEqual(['/etc/kubernetes/pki/etcd/ca.crt']);
    expect(apiServer('client-ca-file')).toEqual(['/etc/kubernetes/pki/ca.crt']);
  },
  // Users come by an issuer of tokens or by certificates of hours: no certificate of a user is in what is rendered.
  '3.1.1': () => {
    const { leaves } = prod.pki(prod.machines[0]!);
    expect(leaves.filter(({ uses }) => uses.includes('client')).map(({ commonName }) => commonName)).toEqual([
      'kube-apiserver-kubelet-client',
      'etcd-peer',
      'kube-apiserver-etcd-client',
      'front-proxy-client',
      'kube-etcd-healthcheck-client',
    ]);
  },
  '3.1.2': is(apiServer('service-account-max-token-expiration'), '24h'),
  '3.1.3': () => {
    const [init] = content('kubeadm.yaml') as [{ bootstrapTokens: { ttl: string; groups: string[] }[] }];
    expect(init.bootstrapTokens).toMatchObject([
      { ttl: '1h0m0s', groups: ['system:bootstrappers:kubeadm:default-node-token'] },
    ]);
  },
  '3.2.1': isFile(apiServer('audit-policy-file')),
  '3.2.2': () => {
    const { rules } = content('audit-policy.yaml') as {
      rules: { level: string; resources?: { group: string; resources?: string[] }[] }[];
    };
    const levelOf = (resource: string) =>
      rules.find((rule) => rule.resources?.some((entry) => entry.resources?.includes(resource) ?? false))
        ?.level;
    for (const resource of ['secrets', 'configmaps', 'serviceaccounts/token', 'tokenreviews'])
      expect([resource, levelOf(resource)]).toEqual([resource, 'Metadata']);
    for (const resource of ['pods/exec', 'pods/portforward', 'pods/proxy', 'services/proxy'])
      expect(levelOf(resource)).toMatch(/^Metadata$|^Request/);
    expect(rules.at(-1)).toEqual({ level: 'Metadata' });
  },
};

test.each(Object.entries(ITEMS))('%s', (_, check) => check());

test('no item of these sections is left out', () => {
  const items = (group: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${group}.${index + 1}`);
  expect(Object.keys(ITEMS)).toEqual([
    ...items('1.2', 30),
    ...items('1.3', 7),
    ...items('1.4', 2),
    ...items('2', 7),
    ...items('3.1', 3),
    ...items('3.2', 2),
  ]);
});
