import * as ts from 'typescript';
import { join } from 'node:path';
import {
  ADDED_ADMISSION_PLUGINS,
  ADMISSION_PLUGINS,
  SecretReference,
} from '../../../constructs/control-plane';
import { fileOf, flags, problemsWith } from './problems';

type Plugins = readonly { readonly name: string; readonly configuration: Record<string, unknown> }[];

const refused = (admission: Readonly<Record<string, unknown>>) => problemsWith({ admission });
const plugins = (admission: object) => fileOf({ admission }, 'admission.yaml')!['plugins'] as Plugins;
const configurationOf = (admission: object, name: string) =>
  plugins(admission).find((plugin) => plugin.name === name)?.configuration;

const POLICY = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'no-pods' },
  spec: { validations: [{ expression: 'false' }] },
};
const BINDING = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'no-pods' },
  spec: { policyName: 'no-pods', validationActions: ['Deny'] },
};

test.each(['AlwaysAdmit', 'AlwaysDeny', 'NamespaceAutoProvision', 'NoSuchPlugin', 'NodeRestriction', 7])(
  'the plugin %j cannot be added',
  (plugin) => {
    expect(refused({ plugins: [plugin] })).toEqual([expect.stringContaining('admission.plugins[0]')]);
  },
);

test('an unknown plugin does not compile', () => {
  const source = "import type { AdmissionProps } from './constructs/control-plane';\n";
  const compiled = (plugin: string): number => {
    const name = join(__dirname, '../../../a-test-of-types.ts');
    const text = `${source}export const props: AdmissionProps = { plugins: ['${plugin}'] };\n`;
    const options: ts.CompilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      esModuleInterop: true,
    };
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.getSourceFile = (file, version) =>
      file === name ? ts.createSourceFile(file, text, version) : getSourceFile(file, version);
    host.fileExists = (file) => file === name || fileExists(file);
    const program = ts.createProgram([name], options, host);
    return program.getSemanticDiagnostics(program.getSourceFile(name)).length;
  };
  expect(compiled('AlwaysPullImages')).toBe(0);
  expect(compiled('AlwaysAdmit')).toBe(1);
});

test('plugins with a configuration are switched on by it', () => {
  const admission = {
    plugins: [...ADDED_ADMISSION_PLUGINS],
    nodeSelectors: { default: 'pool=general', allowed: { batch: 'pool=batch' } },
    tolerations: { allowed: [{ key: 'pool', operator: 'Exists' as const }] },
    limitedResources: [{ resource: 'persistentvolumeclaims', matchContains: ['requests.storage'] }],
    imagePolicy: { url: 'https://images.example.com', credential: { token: new SecretReference('images') } },
  };
  expect(flags({ admission }, 'enable-admission-plugins')[0]?.split(',')).toEqual([
    ...ADMISSION_PLUGINS,
    'PodNodeSelector',
    'PodTolerationRestriction',
    'ImagePolicyWebhook',
    ...ADDED_ADMISSION_PLUGINS,
  ]);
  expect(plugins(admission).map(({ name }) => name)).toEqual([
    'PodSecurity',
    'EventRateLimit',
    'PodNodeSelector',
    'PodTolerationRestriction',
    'ResourceQuota',
    'ImagePolicyWebhook',
  ]);
  expect(configurationOf(admission, 'PodNodeSelector')).toEqual({
    podNodeSelectorPluginConfig: { clusterDefaultNodeSelector: 'pool=general', batch: 'pool=batch' },
  });
  expect(configurationOf(admission, 'ImagePolicyWebhook')).toMatchObject({
    imagePolicy: { defaultAllow: false },
  });
});

describe('limits of events', () => {
  test('can be set, and those of server and namespace cannot be left out', () => {
    const eventLimits = { namespace: { perSecond: 5, burst: 10 }, user: { perSecond: 20, burst: 40 } };
    expect(configurationOf({ eventLimits }, 'EventRateLimit')?.['limits']).toEqual([
      { type: 'Server', qps: 200, burst: 500 },
      { type: 'Namespace', qps: 5, burst: 10, cacheSize: 4096 },
      { type: 'User', qps: 20, burst: 40, cacheSize: 4096 },
    ]);
  });

  test('are numbers that limit something', () => {
    expect(refused({ eventLimits: { server: { perSecond: 0, burst: 1e9 }, none: true } })).toEqual([
      'admission.eventLimits.server.perSecond: It is 0.',
      'admission.eventLimits.server.burst: It is 1000000000.',
      'admission.eventLimits: There is no setting none.',
    ]);
  });
});

describe('policies from files', () => {
  test('get the names that nobody can use through the API', () => {
    const list = fileOf({ admission: { policies: [POLICY, BINDING] } }, 'admission-policies/policies.yaml');
    expect(list).toMatchObject({
      kind: 'List',
      items: [
        { metadata: { name: 'no-pods.static.k8s.io' }, spec: POLICY.spec },
        { metadata: { name: 'no-pods.static.k8s.io' }, spec: { policyName: 'no-pods.static.k8s.io' } },
      ],
    });
    expect(configurationOf({ policies: [POLICY] }, 'ValidatingAdmissionPolicy')).toMatchObject({
      staticManifestsDir: '/k/config/admission-policies',
    });
  });

  test('with which the API server would not start are refused, all at once', () => {
    const binding = (spec: object) => ({ ...BINDING, metadata: { name: 'other' }, spec });
    expect(
      refused({
        policies: [
          POLICY,
          POLICY,
          { ...POLICY, metadata: {}, spec: { paramKind: {} } },
          { apiVersion: 'v1', kind: 'ConfigMap' },
          binding({ policyName: 'nobody' }),
        ],
      }),
    ).toEqual([
      'admission.policies[1]: There are two of ValidatingAdmissionPolicy no-pods.',
      'admission.policies[2]: It has no name.',
      'admission.policies[2]: It reads parameters, which a policy from a file cannot.',
      'admission.policies[3]: v1 ConfigMap cannot come from a file.',
      'admission.policies[4]: It binds nobody, which is not among these policies.',
    ]);
  });
});
