import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TARGET_KUBERNETES } from '../../../model';
import { settingOf, TOOL_NAMES } from '../../../toolchain';
import { modulesFolder, packageRoot } from '../../../toolchain/package-root';
import { PINS } from '../../../toolchain/pins';
import { currentPlatform } from '../../../toolchain/platform';

const goMod = (module: string) => readFileSync(join(modulesFolder(), module, 'go.mod'), 'utf8');

test('every tool is pinned once', () => {
  expect(PINS.map((pin) => pin.name).sort()).toEqual([...TOOL_NAMES].sort());
});

test('settings', () => {
  expect(TOOL_NAMES.map(settingOf)).toEqual([
    'KEELSON_PULUMI',
    'KEELSON_PULUMI_RESOURCE_KUBERNETES',
    'KEELSON_KUBE_APISERVER',
    'KEELSON_KUBE_CONTROLLER_MANAGER',
    'KEELSON_KUBE_SCHEDULER',
    'KEELSON_ETCD',
    'KEELSON_KUBECTL',
  ]);
});

test('the Kubernetes tools are those of the release that the model targets', () => {
  const versions = PINS.filter((pin) => pin.build.module === 'kubernetes').map((pin) => pin.version);
  expect(versions).toHaveLength(4);
  for (const version of versions) expect(version.startsWith(`${TARGET_KUBERNETES}.`)).toBe(true);
});

describe('what is built is what is pinned', () => {
  test.each([
    ['etcd', 'go.etcd.io/etcd/server/v3'],
    ['kube-apiserver', 'k8s.io/kubernetes'],
    ['pulumi', 'github.com/pulumi/pulumi/pkg/v3'],
  ])('%s: go.mod and go.sum name the pinned version', (name, path) => {
    const pin = PINS.find((each) => each.name === name)!;
    const line = `${path} v${pin.version}`;
    expect(goMod(pin.build.module)).toContain(`\t${line} `);
    const sums = readFileSync(join(modulesFolder(), pin.build.module, 'go.sum'), 'utf8');
    expect(sums).toContain(`${line} h1:`);
  });

  test('every staging module of Kubernetes is replaced by the same release', () => {
    const kubernetes = PINS.find((pin) => pin.name === 'kube-apiserver')!.version.replace(/^1\./, '0.');
    const replaced = [...goMod('kubernetes').matchAll(/=> (k8s\.io\/\S+) v(\S+)/g)];
    expect(replaced.length).toBeGreaterThanOrEqual(30);
    expect(new Set(replaced.map((match) => match[2]))).toEqual(new Set([kubernetes]));
  });

  test('every tool is a tool of its module, or the module itself', () => {
    for (const pin of PINS) {
      if (pin.build.package === '.')
        expect(existsSync(join(modulesFolder(), pin.build.module, 'main.go'))).toBe(true);
      else expect(goMod(pin.build.module)).toMatch(new RegExp(`(\\t|^tool )${pin.build.package}$`, 'm'));
    }
  });

  test('the version that a tool reports is set to the pinned one', () => {
    for (const pin of PINS.filter((each) => each.build.module !== 'etcd')) {
      expect(pin.build.ldflags).toContain(pin.version);
    }
  });
});

test('a release is pinned by digest, on the server of its vendor, over TLS', () => {
  const files = PINS.flatMap((pin) => Object.values(pin.release?.files ?? {}));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    expect(new URL(file.url).protocol).toBe('https:');
    expect(['dl.k8s.io', 'github.com', 'get.pulumi.com']).toContain(new URL(file.url).host);
    expect(file.digest).toMatch(file.algorithm === 'sha256' ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{128}$/);
  }
  expect(new Set(files.map((file) => file.digest)).size).toBe(files.length);
});

test('every module asks for the same Go', () => {
  const versions = readdirSync(modulesFolder()).map((module) => /^go (\S+)$/m.exec(goMod(module))?.[1]);
  expect(versions).toHaveLength(4);
  expect(new Set(versions).size).toBe(1);
});

test('the package is found from the compiled files as well as from the source', () => {
  expect(existsSync(join(packageRoot(), 'toolchain', 'modules', 'etcd', 'go.mod'))).toBe(true);
  expect(packageRoot(join(packageRoot(), 'lib', 'toolchain'))).toBe(packageRoot());
});

test('a platform without pins is refused', () => {
  expect(currentPlatform('linux', 'x64')).toEqual({ goos: 'linux', goarch: 'amd64' });
  expect(() => currentPlatform('win32', 'x64')).toThrow(/win32\/x64: The tools are not pinned/);
});
