import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dump } from 'js-yaml';
import { analyse, keyOf, stepNames } from '../../../../authorization';
import { ACCESS_BASELINE_FORMAT } from '../../../../model';
import { examplePod } from '../../../../policies/example-pod';

const ROOT = resolve(__dirname, '../../../..');
const PLUGIN = join(ROOT, 'policies/enforce/cdk8s-cli');
const folder = mkdtempSync(join(tmpdir(), 'keelson-plugin-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Stock cdk8s-cli over an app that is plain JavaScript on stock cdk8s. The plugin is TypeScript here, hence tsx. */
function synth(
  spec: object,
  properties: object = {},
  others: readonly object[] = [],
): { code: number; output: string } {
  const metadata = { name: 'agent', namespace: 'shop' };
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'agent', uid: 'uid' };
  const owned = { ...metadata, ownerReferences: [owner] };
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: owned, spec };
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false };
  writeFileSync(
    join(folder, 'app.js'),
    [
      `const { App, Chart, ApiObject } = require(${JSON.stringify(require.resolve('cdk8s'))});`,
      'const app = new App(); const chart = new Chart(app, "chart");',
      `new ApiObject(chart, "pod", ${JSON.stringify(object)});`,
      `new ApiObject(chart, "account", ${JSON.stringify(account)});`,
      ...others.map((other, index) => `new ApiObject(chart, "other-${index}", ${JSON.stringify(other)});`),
      'app.synth();',
    ].join('\n'),
  );
  const validations = [{ package: PLUGIN, version: '0.1.0', class: 'KeelsonValidation', properties }];
  writeFileSync(
    join(folder, 'cdk8s.yaml'),
    dump({ language: 'typescript', app: 'node app.js', output: 'dist', validations }),
  );
  const cli = join(ROOT, 'node_modules/cdk8s-cli/bin/cdk8s');
  const run = spawnSync(process.execPath, ['--require', require.resolve('tsx/cjs'), cli, 'synth'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CDK8S_DISABLE_UPGRADE_CHECK: '1', CHECK_UPGRADE: 'false' },
  });
  return { code: run.status ?? -1, output: run.stdout + run.stderr };
}

const GOOD = { ...examplePod(), serviceAccountName: 'agent' };
const BAD = { ...GOOD, hostNetwork: true };

it('stock cdk8s synth passes what breaks nothing', () => {
  const { code, output } = synth(GOOD);
  expect([code, code === 0 ? '' : output]).toEqual([0, '']);
});

it('stock cdk8s synth fails with control, object, field and fix', () => {
  const { code, output } = synth(BAD);
  expect(code).not.toBe(0);
  expect(output).toContain('host-namespaces');
  expect(output).toContain('Pod shop/agent: spec.hostNetwork');
  expect(output).toContain('Leave out hostNetwork');
});

it('stock cdk8s synth fails with the field that the API does not have', () => {
  const { code, output } = synth({ ...GOOD, hostNetwrk: true });
  expect(code).not.toBe(0);
  expect(output).toContain('Pod agent: spec.hostNetwrk: Unknown field.');
  expect(output).toContain('Did you mean "hostNetwork"?');
});

it('waivers count, until they are over', () => {
  const later = new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString().slice(0, 10);
  const file = join(folder, 'waivers.yaml');
  const waiver = (expires: string) => {
    const about = { control: 'host-namespaces', kind: 'Pod', namespace: 'shop', name: 'agent' };
    writeFileSync(
      file,
      dump([{ ...about, owner: 'platform', reason: 'captures the traffic of its node', expires }]),
    );
    return synth(BAD, { waivers: file });
  };
  expect(waiver(later).code).toBe(0);
  const over = waiver('2020-01-01');
  expect(over.code).not.toBe(0);
  expect(over.output).toContain('It ended with 2020-01-01.');
});

it('stock cdk8s synth fails with the way to cluster-admin, until it is accepted', () => {
  const group = 'rbac.authorization.k8s.io';
  const binding = {
    ...{ apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'x' } },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'system:kube-controller-manager' },
    subjects: [{ apiGroup: group, kind: 'Group', name: 'team:x' }],
  };
  const { code, output } = synth(GOOD, {}, [binding]);
  expect(code).not.toBe(0);
  expect(output).toContain('Group team:x');
  expect(output).toContain('It can become an administrator of the cluster');
  const { paths } = analyse([{ manifest: binding as never, source: 'test' }]);
  const accepted = paths.map((path) => ({
    ...{ subject: keyOf(path.subject), steps: stepNames(path), owner: 'build team' },
    reason: 'it is the controllers themselves',
  }));
  const access = join(folder, 'access.json');
  writeFileSync(access, JSON.stringify({ format: ACCESS_BASELINE_FORMAT, paths: accepted }));
  const accepting = synth(GOOD, { access }, [binding]);
  expect([accepting.code, accepting.code === 0 ? '' : accepting.output]).toEqual([0, '']);
});
