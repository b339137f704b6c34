/**
 * The templates, as a user starts from them: the packed package, real npm, tsc and node in an empty folder, the real Pulumi
 * CLI (with a stand-in for its Node.js language host) and stock cdk8s-cli.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localControlPlane } from '../../local';
import { ApiClient, readKubeconfig } from '../../probes';
import { resolveTools, searchPath } from '../../toolchain';
import { PROJECT } from './support/keelson';
import { PolicyPackProcess } from './support/policy-pack';

const CANARY = `canary-${process.pid}-${Date.now()}`;
const folder = mkdtempSync(join(tmpdir(), 'keelson-init-'));
const tarball = join(folder, 'keelson-0.1.0.tgz');
const shop = join(folder, 'shop');
const FILES = [
  ...[
    '.gitignore',
    'Pulumi.yaml',
    'README.md',
    'application.test.ts',
    'application.ts',
    'cdk8s.yaml',
    'index.ts',
  ],
  ...['package.json', 'synth.ts', 'tsconfig.json'],
];

interface Run {
  readonly code: number;
  readonly output: string;
}

/** Runs a command; what `npm test` of this project sets for npm does not count for the new one. */
function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = '',
): Run {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const { status, stdout, stderr } = spawnSync(command, [...args], {
    cwd,
    input,
    env: { ...Object.fromEntries(own), ...env },
    encoding: 'utf8',
    timeout: 240_000,
  });
  return { code: status ?? -1, output: stdout + stderr };
}

function npm(cwd: string, ...args: readonly string[]): Run {
  return run(cwd, 'npm', args);
}

/** Runs something over the project with one file changed, and puts the file back. */
function changed<T>(file: string, change: (text: string) => string, use: () => T): T {
  const path = join(shop, file);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
  try {
    return use();
  } finally {
    writeFileSync(path, before);
  }
}

const relaxed = (setting: string) => (text: string) =>
  text
    .replace(
      "from 'keelson';",
      "from 'keelson';\nimport { waived } from 'keelson/model';\nimport { api as table } from 'keelson';\nimport * as cdk8s from 'cdk8s';",
    )
    .replace('port: Port.tcp(8080),', `port: Port.tcp(8080), ${setting},`);
const day = new Date(Date.now() + 7 * 24 * 3600 * 1000).toISOString().slice(0, 10);
const grant = `{ owner: 'platform team', reason: 'shows what a test is for', expires: '${day}' }`;
const apiServer = `{
    service: [{ address: '10.96.0.1', port: 443 }],
    endpoints: [{ address: '192.0.2.10', port: 6443 }],
  }`;
const patched = [
  'const web =',
  `cdk8s.ApiObject.of(api.deployment).addJsonPatch(cdk8s.JsonPatch.add('/spec/template/spec/hostNetwork', true));
    const web =`,
] as const;

beforeAll(() => {
  const packed = npm(PROJECT, 'run', 'package', '--', '--pack-destination', folder);
  expect(packed).toMatchObject({ code: 0 });
  const main = join(PROJECT, 'lib/cli/main.js');
  const made = run(folder, process.execPath, [main, 'init', 'shop', '--keelson', tarball]);
  expect(made).toMatchObject({ code: 0, output: expect.stringContaining('npm install') });
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what is packed is all that a project needs, and no test', () => {
  const { output } = run(folder, 'tar', ['tzf', tarball]);
  for (const file of [
    'lib/cli/main.js',
    'lib/constructs/index.d.ts',
    'lib/policies/engine/schema/kubernetes-1.37.json',
    'lib/policies/pack/PulumiPolicy.yaml',
    'lib/policies/pack/package.json',
    'templates/application/package.json',
    'templates/cdk8s/.hooks.sscaff.js',
    'toolchain/modules/kubernetes/go.mod',
  ])
    expect(output).toContain(`package/${file}\n`);
  expect(output).not.toMatch(/package\/(?:lib\/)?(?:test|bench|node_modules)\//);
});

test('a project installs, compiles, passes its test and synthesizes what no control objects to', () => {
  expect(readdirSync(shop).sort()).toEqual([...FILES].sort());
  const installed = npm(shop, 'install', '--prefer-offline');
  expect(installed.output).not.toMatch(/ERESOLVE|peer/i);
  expect(installed.code).toBe(0);
  expect(npm(shop, 'exec', '--', 'tsc', '--noEmit')).toMatchObject({ code: 0 });
  const tested = npm(shop, 'test');
  expect(tested.output).toMatch(/^# fail 0$/m);
  expect(Number(/^# pass (\d+)$/m.exec(tested.output)?.[1])).toBeGreaterThan(5);
  expect(tested.code).toBe(0);
  expect(npm(shop, 'run', 'synth')).toMatchObject({ code: 0 });
  expect(readdirSync(join(shop, 'dist'))).toEqual([
    '0000-shop.k8s.yaml',
    'digests.json',
    'reachability.json',
  ]);
  const checked = npm(shop, 'run', 'check');
  expect(checked.output).toMatch(
    /^1\d objects in 1 files: 0 critical, 0 high, 0 medium, 0 low, 0 waived\.$/m,
  );
  expect(checked.code).toBe(0);
}, 600_000);

test('stock cdk8s-cli synthesizes the same bytes', () => {
  const yaml = () => readFileSync(join(shop, 'dist/0000-shop.k8s.yaml'), 'utf8');
  const before = yaml();
  const cli = join(PROJECT, 'node_modules/cdk8s-cli/bin/cdk8s');
  expect(run(shop, process.execPath, [cli, 'synth', '--check-upgrade=false'])).toMatchObject({ code: 0 });
  expect(yaml()).toBe(before);
}, 300_000);

test('every entry point has its types under each way to resolve modules', () => {
  const { exports } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { exports: object };
  const names = Object.keys(exports).filter((name) => !name.endsWith('.json'));
  expect(names.length).toBeGreaterThan(5);
  const imports = names.map((name, index) => `import * as m${index} from '${name.replace('.', 'keelson')}';`);
  // Without types a module is `any`, and its names could be called.
  const uses = names.map((_, index) => `// @ts-expect-error\nm${index}.nothing();`);
  writeFileSync(join(shop, 'probe.ts'), [...imports, ...uses].join('\n'));
  for (const [module, resolution] of [
    ['node16', 'node16'],
    ['commonjs', 'node10'],
    ['es2022', 'bundler'],
  ] as const) {
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--types', 'node'];
    const args = ['tsc', ...options, '--module', module, '--moduleResolution', resolution, 'probe.ts'];
    expect(npm(shop, 'exec', '--', ...args)).toEqual({ code: 0, output: '' });
  }
  rmSync(join(shop, 'probe.ts'));
}, 600_000);

describe('a default that is relaxed', () => {
  test('does not compile without a waiver', () => {
    const built = changed('application.ts', relaxed('readOnlyRoot: false'), () => npm(shop, 'test'));
    expect(built.output).toContain("Type 'false' is not assignable");
    expect(built.code).not.toBe(0);
  }, 300_000);

  test('with a waiver, or by a patch, makes the test of the project fail', () => {
    const options = [
      `readOnlyRoot: waived(false, ${grant})`,
      `user: waived(0, ${grant})`,
      `capabilities: waived(['NET_RAW'], ${grant})`,
      `image: waived('registry.example/app:1.0.0', ${grant})`,
      `secretEnv: waived({ PASSWORD: { secret: credentials, key: 'password' } }, ${grant})`,
    ];
    const change = (text: string) =>
      relaxed(options.join(', '))(text.replace('image: IMAGE,', ''))
        .replace(
          "'shop');\n    const credentials",
          `'shop', { profile: waived('baseline', ${grant}) });\n    const credentials`,
        )
        .replace(/web\.connectTo.*/, "web.mayCall(table.configMaps, ['get']);")
        .replace('new KeelsonApp()', `new KeelsonApp({ network: { apiServer: ${apiServer} } })`)
        .replace(...patched);
    const tested = changed('application.ts', change, () => npm(shop, 'test'));
    expect(tested.output).not.toContain('error TS');
    const results = [...tested.output.matchAll(/^(ok|not ok) \d+ - (.*)$/gm)].map((match) => match.slice(1));
    expect(results).toHaveLength(10);
    // Whatever was not touched holds, and nothing else does.
    expect(results.filter(([result]) => result === 'ok')).toEqual([['ok', 'there are two workloads']]);
    expect(tested.code).not.toBe(0);
  }, 300_000);

  test('by a patch, is refused by synth', () => {
    const synth = changed(
      'application.ts',
      (text) => relaxed('replicas: 1')(text).replace(...patched),
      () => npm(shop, 'run', 'synth'),
    );
    expect(synth.output).toMatch(/breaks host-namespaces: .+\[policy\/violation\]/);
    expect(synth.code).not.toBe(0);
  }, 300_000);
});

test('an installed keelson starts the next project from where it came from', () => {
  const next = run(shop, 'npx', ['keelson', 'init', '../next/door', '--name', 'orders']);
  expect(next).toMatchObject({ code: 0 });
  const { name, dependencies } = JSON.parse(readFileSync(join(folder, 'next/door/package.json'), 'utf8')) as {
    name: string;
    dependencies: Record<string, string>;
  };
  expect([name, dependencies['keelson']]).toEqual(['orders', 'file:../../keelson-0.1.0.tgz']);
}, 300_000);

test('the packed policy pack serves every control', async () => {
  const pack = await PolicyPackProcess.start(
    { NODE_PATH: join(PROJECT, 'node_modules') },
    join(shop, 'node_modules/keelson/lib/policies/pack'),
  );
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x' },
    spec: { hostNetwork: true, containers: [] },
  };
  const found = await pack.analyze('kubernetes:core/v1:Pod', pod);
  await pack.stop();
  expect(found.map(({ policy }) => policy)).toContain('host-namespaces');
}, 300_000);

describe('stock cdk8s init', () => {
  const cli = join(folder, 'cli/node_modules/cdk8s-cli');
  const init = (name: string, type: string) => {
    const target = join(folder, 'cdk8s', name);
    mkdirSync(target, { recursive: true });
    const env = { NODE_PATH: join(PROJECT, 'node_modules') };
    return {
      target,
      ...run(target, process.execPath, [join(cli, 'bin/cdk8s'), 'init', type, '--check-upgrade=false'], env),
    };
  };
  beforeAll(() => {
    cpSync(join(PROJECT, 'node_modules/cdk8s-cli'), cli, { recursive: true });
    symlinkSync(join(shop, 'node_modules/keelson/templates/cdk8s'), join(cli, 'templates/keelson'));
  });

  test('takes the template once it is linked among its own', () => {
    const { target, code } = init('orders', 'keelson');
    expect(code).toBe(0);
    expect(readdirSync(target).sort()).toEqual([...FILES].sort());
    symlinkSync(join(shop, 'node_modules'), join(target, 'node_modules'));
    expect(npm(target, 'test')).toMatchObject({ code: 0 });
    expect(npm(target, 'run', 'synth')).toMatchObject({ code: 0 });
    expect(readdirSync(join(target, 'dist'))).toContain('0000-orders.k8s.yaml');
  }, 600_000);

  test('takes no path of a template, and a bad name is told', () => {
    expect(init('other', join(PROJECT, 'templates/application')).output).toContain('Invalid values');
    const { target, code, output } = init('Bad_Name', 'keelson');
    expect(code).not.toBe(0);
    expect(output).toContain('"Bad_Name" cannot name an npm package');
    expect(readdirSync(target)).toEqual([]);
  }, 300_000);
});

describe('the Pulumi CLI', () => {
  const target = join(folder, 'payments');
  let env: NodeJS.ProcessEnv;
  let cli: string;
  const pulumi = (args: readonly string[], input = '') =>
    run(target, cli, [...args, '--color', 'never', '--non-interactive'], env, input);

  beforeAll(async () => {
    const tools = await resolveTools(['pulumi', 'pulumi-resource-kubernetes']);
    for (const name of ['bin', 'backend', 'payments']) mkdirSync(join(folder, name));
    const host = join(folder, 'bin/pulumi-language-nodejs');
    const script = join(PROJECT, 'test/e2e/support/language-host/host.ts');
    writeFileSync(
      host,
      `#!/bin/sh\ncd '${PROJECT}' && exec '${process.execPath}' --import tsx '${script}' "$@"\n`,
    );
    chmodSync(host, 0o755);
    cli = tools.pulumi.path;
    env = {
      PATH: `${join(folder, 'bin')}:${searchPath([tools['pulumi-resource-kubernetes']])}`,
      PULUMI_HOME: join(folder, 'home'),
      PULUMI_BACKEND_URL: `file://${join(folder, 'backend')}`,
      PULUMI_CONFIG_PASSPHRASE: 'test',
      PULUMI_SKIP_UPDATE_CHECK: '1',
    };
  }, 300_000);

  test('makes a project of the template that compiles, synthesizes and passes its test', () => {
    const template = join(shop, 'node_modules/keelson/templates/application');
    const made = pulumi([
      'new',
      template,
      '--generate-only',
      '--yes',
      '--name',
      'payments',
      '--description',
      'Pays: all',
    ]);
    expect(made.output).toContain("Created project 'payments'");
    expect(made.code).toBe(0);
    expect(readdirSync(target).sort()).toEqual([...FILES].sort());
    expect(readFileSync(join(target, 'Pulumi.yaml'), 'utf8')).not.toContain('template:\n');
    // npm's cache was filled by the first project.
    expect(npm(target, 'install', tarball, '--offline')).toMatchObject({ code: 0 });
    expect(npm(target, 'test')).toMatchObject({ code: 0 });
    expect(npm(target, 'run', 'synth')).toMatchObject({ code: 0 });
  }, 600_000);

  test('provisions it under the policies of the API server, and takes it down', async () => {
    const { kubeconfig } = (await localControlPlane(process.env.KEELSON_E2E_STATE!))!;
    pulumi(['stack', 'init', 'test']);
    const refused = pulumi(['preview']);
    expect(refused.output).toContain('password');
    expect(refused.code).not.toBe(0);
    pulumi(['config', 'set', 'kubeconfig', kubeconfig]);
    pulumi(['config', 'set', 'waitForReady', 'false']);
    pulumi(['config', 'set', '--secret', 'password'], CANARY);
    const up = pulumi(['up', '--yes']);
    try {
      expect(up.output).toMatch(/\+ \d\d created/);
      expect(up.code).toBe(0);
      const client = new ApiClient(readKubeconfig(kubeconfig));
      const secret = await client.send({ path: '/api/v1/namespaces/payments/secrets/credentials' });
      client.close();
      const { data } = secret.json<{ data: Record<string, string> }>()!;
      expect(Buffer.from(data['password']!, 'base64').toString()).toBe(CANARY);
    } finally {
      expect(pulumi(['destroy', '--yes'])).toMatchObject({ code: 0 });
    }
    const texts = [CANARY, Buffer.from(CANARY).toString('base64')].flatMap((text) => ['-e', text]);
    expect(run(folder, 'grep', ['-rlF', ...texts, 'backend', 'payments', 'home']).output).toBe('');
  }, 600_000);
});
