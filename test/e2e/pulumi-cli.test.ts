/**
 * `pulumi up` as a user types it: the real CLI, engine and provider, `Pulumi.yaml` and its program as they stand. Only the
 * Node.js language host is a stand-in (support/language-host), because it cannot be had here.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveTools, searchPath, TOOL_NAMES } from '../../toolchain';
import { startLocalControlPlane, stopLocalControlPlane, type LocalControlPlane } from '../../local';
import { ApiClient, readKubeconfig } from '../../probes';
import { CONTROLS } from '../../policies';
import { PROJECT } from './support/keelson';

const CANARY = `canary-${process.pid}-${Date.now()}`;
const OTHER_CANARY = `other-${CANARY}`;
const folder = mkdtempSync(join(tmpdir(), 'keelson-pulumi-'));
const project = join(folder, 'project');
let controlPlane: LocalControlPlane;
let env: NodeJS.ProcessEnv;
let pulumiPath: string;

function pulumi(args: readonly string[], input = ''): { code: number; output: string } {
  const run = spawnSync(pulumiPath, [...args, '--color', 'never', '--non-interactive'], {
    cwd: project,
    env,
    input,
    encoding: 'utf8',
    timeout: 240_000,
  });
  return { code: run.status ?? -1, output: run.stdout + run.stderr };
}

beforeAll(async () => {
  const tools = await resolveTools(TOOL_NAMES);
  controlPlane = await startLocalControlPlane({
    stateDir: join(folder, 'control-plane'),
    tools: Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, tool.path])) as never,
  });
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  mkdirSync(join(folder, 'backend'));
  const host = join(bin, 'pulumi-language-nodejs');
  const script = join(PROJECT, 'test/e2e/support/language-host/host.ts');
  writeFileSync(
    host,
    `#!/bin/sh\ncd '${PROJECT}' && exec '${process.execPath}' --import tsx '${script}' "$@"\n`,
  );
  chmodSync(host, 0o755);
  // The project as it stands, by links: a stack's settings file is written beside Pulumi.yaml, and must not be here.
  mkdirSync(project);
  for (const name of ['Pulumi.yaml', 'package.json', 'tsconfig.json']) {
    writeFileSync(join(project, name), readFileSync(join(PROJECT, name)));
  }
  for (const name of [
    'node_modules',
    'model',
    'constructs',
    'policies',
    'probes',
    'stacks',
    'pki',
    'toolchain',
  ]) {
    spawnSync('ln', ['-s', join(PROJECT, name), join(project, name)]);
  }
  pulumiPath = tools.pulumi.path;
  env = {
    ...process.env,
    PATH: `${bin}:${searchPath([tools['pulumi-resource-kubernetes']])}`,
    PULUMI_HOME: join(folder, 'home'),
    PULUMI_BACKEND_URL: `file://${join(folder, 'backend')}`,
    PULUMI_CONFIG_PASSPHRASE: 'test',
    PULUMI_SKIP_UPDATE_CHECK: '1',
  };
}, 600_000);

afterAll(async () => {
  await stopLocalControlPlane(join(folder, 'control-plane'), { remove: true });
  rmSync(folder, { recursive: true, force: true });
}, 300_000);

test('a stack without its secret is refused by the CLI', () => {
  expect(pulumi(['stack', 'init', 'test']).code).toBe(0);
  const run = pulumi(['preview']);
  expect(run.code).not.toBe(0);
  expect(run.output).toContain('databasePassword');
}, 600_000);

test('a bad kubeconfig and wrong settings: one sentence each', () => {
  expect(pulumi(['config', 'set', '--secret', 'databasePassword'], CANARY).code).toBe(0);
  pulumi(['config', 'set', 'kubeconfig', join(folder, 'no-such-file')]);
  const missing = pulumi(['preview']);
  expect(missing.code).not.toBe(0);
  expect(missing.output).toContain('The kubeconfig cannot be read (ENOENT).');

  pulumi(['config', 'set', 'replicas', '0']);
  pulumi(['config', 'set', 'webImage', 'nginx:latest']);
  const wrong = pulumi(['preview']);
  expect(wrong.code).not.toBe(0);
  expect(wrong.output).toContain('keelson:replicas: The value "0" must be a whole number from 1 to 100.');
  expect(wrong.output).toContain(
    'keelson:webImage: The value "nginx:latest" must name an image with its digest',
  );
}, 600_000);

test('pulumi up, an empty second one, one with another secret, and destroy', async () => {
  pulumi(['config', 'set', 'kubeconfig', controlPlane.kubeconfig]);
  pulumi(['config', 'set', 'replicas', '3']);
  pulumi(['config', 'set', 'webImage', '']);
  pulumi(['config', 'set', 'waitForReady', 'false']);
  const up = pulumi(['up', '--yes']);
  const created = Number(/\+ (\d+) created/.exec(up.output)?.[1]);
  expect(created).toBeGreaterThan(2 * CONTROLS.length);
  expect(up.code).toBe(0);
  expect(up.output).not.toContain(CANARY);

  const client = new ApiClient(readKubeconfig(controlPlane.kubeconfig));
  const web = await client.send({ path: '/apis/apps/v1/namespaces/shop/deployments/web' });
  expect(web.json<{ spec: { replicas: number } }>()!.spec.replicas).toBe(3);
  const secret = await client.send({ path: '/api/v1/namespaces/shop/secrets/database-credentials' });
  const password = secret.json<{ data: { password: string } }>()!.data.password;
  expect(Buffer.from(password, 'base64').toString()).toBe(CANARY);

  const again = pulumi(['up', '--yes', '--expect-no-changes']);
  expect(again.output).toContain(`${created} unchanged`);
  expect(again.code).toBe(0);

  // Another value of a Secret rolls the workloads that use it, and no other.
  const revisions = async () => {
    const list = await client.send({ path: '/apis/apps/v1/namespaces/shop/deployments' });
    const { items } = list.json<{ items: { metadata: { name: string; generation: number } }[] }>()!;
    return Object.fromEntries(items.map(({ metadata: { name, generation } }) => [name, generation]));
  };
  const before = await revisions();
  pulumi(['config', 'set', '--secret', 'databasePassword'], OTHER_CANARY);
  const rolled = pulumi(['up', '--yes']);
  expect(rolled.output).toMatch(/~ 3 updated/);
  expect(await revisions()).toEqual({ ...before, api: before.api! + 1, database: before.database! + 1 });
  expect(pulumi(['up', '--yes', '--expect-no-changes']).code).toBe(0);

  const destroyed = pulumi(['destroy', '--yes']);
  expect(destroyed.code).toBe(0);
  expect((await client.send({ path: '/api/v1/namespaces/shop' })).status).toBe(404);
  client.close();

  const patterns = [CANARY, OTHER_CANARY].flatMap((canary) => [
    ...['-e', canary],
    ...['-e', Buffer.from(canary).toString('base64')],
  ]);
  const leaks = spawnSync('grep', ['-rlF', ...patterns, folder]);
  expect(leaks.stdout.toString()).toBe('');
}, 480_000);
