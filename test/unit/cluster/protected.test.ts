/** What is protected has no way to be said: each of these fails to compile, for its own reason, beside the same with nothing added. */
import { join, resolve } from 'node:path';
import * as ts from 'typescript';
import { cluster } from './sample';

const PROJECT = resolve(__dirname, '../../..');

/** Properties that somebody might try, and the place where. */
const ATTEMPTS: Readonly<Record<string, readonly string[]>> = {
  cluster: [
    'anonymousAuth: true',
    "tokenAuthFile: '/tokens.csv'",
    "basicAuthFile: '/users.csv'",
    'insecurePort: 8080',
    "tlsMinVersion: 'VersionTLS12'",
    "cryptography: 'none'",
    'kubernetes: 1.37',
    'profiling: true',
    "settings: [{ name: 'anonymous-auth', value: 'true' }]",
    "authorization: { mode: 'AlwaysAllow' }",
    "authorization: { modes: ['AlwaysAllow'] }",
    'authentication: { anonymous: { enabled: true } }',
    "authentication: { issuers: [{ url: 'https://a.example', audiences: ['a'], username: { claim: 'sub' } }] }",
    'authentication: { serviceAccounts: { extendTokenExpiration: true } }',
    "admission: { plugins: ['AlwaysAdmit'] }",
    "admission: { disabled: ['NodeRestriction'] }",
    "admission: { podSecurity: { enforce: 'privileged' } }",
    "encryption: { keys: [{ method: 'identity', name: 'none' }] }",
    "encryption: { keys: [{ method: 'aescbc', name: 'a', secret: key }] }",
    "encryption: { keys: [{ name: 'a', secret: 'the key itself' }] }",
    "encryption: { keys: [{ method: 'aesgcm', name: 'a', secret: key }] }",
    'encryption: { keys, resources: [], plainText: true }',
    "audit: { level: 'None' }",
    'audit: { policy: {} }',
    "audit: { mode: 'batch' }",
    "authorityKeys: 'state'",
    'outside: {}',
    'etcd: { clientCertAuth: false }',
  ],
  node: [
    'kubelet: { anonymous: true }',
    'kubelet: { authentication: { anonymous: { enabled: true } } }',
    "kubelet: { authorization: { mode: 'AlwaysAllow' } }",
    'kubelet: { readOnlyPort: 10255 }',
    'kubelet: { protectKernelDefaults: false }',
    'kubelet: { seccompDefault: false }',
    'kubelet: { rotateCertificates: false }',
    'kubelet: { serverTLSBootstrap: false }',
    "kubelet: { tlsMinVersion: 'VersionTLS12' }",
    'kubelet: { failCgroupV1: false }',
    'kubelet: { document: {} }',
    'firewall: false',
    "ruleset: 'accept'",
    "sysctls: { 'kernel.panic': 0 }",
    'containerd: { restrictOomScoreAdj: true }',
    "allow: [{ protocol: 'TCP', port: 30080 }]",
  ],
};

const HEAD = `
import { KeelsonApp, SecretReference, SelfManagedCluster } from '${PROJECT}/constructs';
import { NodeConfiguration } from '${PROJECT}/constructs/node';
const key = new SecretReference('key');
const keys = [{ name: 'key-1', secret: key }];
const addresses = {
  nodes: ['192.0.2.0/28'], controlPlanes: ['192.0.2.1'], pods: ['10.244.0.0/16'], services: ['10.96.0.0/16'],
  administrators: ['198.51.100.0/24'],
};
const props = {
  kubernetes: '1.37.2', endpoint: 'a.example:6443', controlPlanes: [{ name: 'a', address: '192.0.2.1' }],
  pods: ['10.244.0.0/16'], outside: { administrators: ['198.51.100.0/24'] }, encryption: { keys },
};
`;

const SNIPPETS: Readonly<Record<string, (attempt: string) => string>> = {
  cluster: (attempt) =>
    `${HEAD}new SelfManagedCluster(new KeelsonApp(), 'a', { ...props, ${attempt} });\nvoid [NodeConfiguration, addresses];`,
  node: (attempt) =>
    `${HEAD}new NodeConfiguration({ role: 'worker', addresses, ${attempt} });\nvoid [KeelsonApp, SelfManagedCluster, props];`,
};

/** How many errors each source has, by its name. */
function compile(sources: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT);
  const host = ts.createCompilerHost({ ...options, incremental: false });
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => sources.get(name) ?? readFile(name);
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.getSourceFile = (name, version) => {
    const text = sources.get(name);
    return text === undefined ? getSourceFile(name, version) : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram(
    [...sources.keys()],
    { ...options, noEmit: true, incremental: false, tsBuildInfoFile: undefined, noUnusedLocals: false },
    host,
  );
  return new Map(
    [...sources.keys()].map((name) => {
      const file = program.getSourceFile(name)!;
      const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
    }),
  );
}

const all = Object.entries(ATTEMPTS).flatMap(([place, attempts]) =>
  ['', ...attempts].map((attempt, index) => ({
    place,
    attempt,
    file: join(PROJECT, `attempt-${place}-${index}.ts`),
    source: SNIPPETS[place]!(attempt),
  })),
);
let errors: ReadonlyMap<string, readonly string[]>;
beforeAll(() => {
  errors = compile(new Map(all.map(({ file, source }) => [file, source])));
}, 120_000);

test.each(all.filter(({ attempt }) => attempt === ''))('a sound $place compiles', ({ file }) => {
  expect(errors.get(file)).toEqual([]);
});

test.each(all.filter(({ attempt }) => attempt !== ''))('$place with $attempt does not', ({ file }) => {
  expect(errors.get(file)).not.toEqual([]);
});

test('who asks a cluster for its files gets them anew each time: what is changed in them changes nothing', () => {
  const prod = cluster();
  const [machine] = prod.machines;
  const before = JSON.stringify(prod.machineFiles(machine!));
  const [, ...settings] = prod.controlPlane(machine!).apiServer.settings as { name: string; value: string }[];
  for (const setting of settings) setting.value = 'weaker';
  for (const entry of prod.machineFiles(machine!) as unknown as { mode: number }[]) entry.mode = 0o777;
  expect(JSON.stringify(prod.machineFiles(machine!))).toBe(before);
});
