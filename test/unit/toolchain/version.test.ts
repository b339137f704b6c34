import { join } from 'node:path';
import { PINS } from '../../../toolchain/pins';
import type { ToolName } from '../../../toolchain';
import { accepts, acceptedVersions, askVersion } from '../../../toolchain/version';
import { Workbench } from './workbench';

const pin = (name: ToolName) => ({ ...PINS.find((each) => each.name === name)!, version: '1.37.2' });

describe('which versions are good enough', () => {
  test.each<[ToolName, string, boolean]>([
    ['kube-apiserver', '1.37.0', true],
    ['kube-apiserver', '1.37.9+vendor', true],
    ['kube-apiserver', '1.36.9', false],
    ['kube-apiserver', '1.38.0', false],
    ['kube-apiserver', '1.37.0-rc.1', false],
    ['kube-apiserver', '2.37.2', false],
    ['kubectl', '1.36.0', true],
    ['kubectl', '1.38.4', true],
    ['kubectl', '1.39.0', false],
    ['kubectl', '1.35.9', false],
    ['kubectl', '1.37.4-dispatcher', false],
    ['pulumi', '1.37.2', true],
    ['pulumi', '1.99.0', true],
    ['pulumi', '1.37.1', false],
    ['pulumi', '2.0.0', false],
    ['etcd', 'nonsense', false],
  ])('%s %s: %s', (name, version, expected) => expect(accepts(pin(name), version)).toBe(expected));

  test('are told in words', () => {
    expect(acceptedVersions(pin('etcd'))).toBe('1.37');
    expect(acceptedVersions(pin('kubectl'))).toBe('1.36 to 1.38');
    expect(acceptedVersions(pin('pulumi'))).toBe('1.x from 1.37.2');
  });
});

describe('asking for a version', () => {
  let bench: Workbench;
  beforeEach(() => (bench = new Workbench()));
  afterEach(() => bench.end());
  const ask = (body: string, timeout?: number) =>
    askVersion(pin('etcd'), bench.script(join(bench.folder, 'tool'), body), { env: bench.env, timeout });

  test.each([
    ['Kubernetes v1.37.2', '1.37.2'],
    ['etcd Version: 3.7.3', '3.7.3'],
    ['v3.216.0', '3.216.0'],
    ['4.25.0', '4.25.0'],
    ['Client Version: v1.32.4-dispatcher', '1.32.4-dispatcher'],
    ['no version', undefined],
  ])('%s', async (output, version) => expect(await ask(`echo '${output}'`)).toBe(version));

  test('a tool that fails has none', async () => expect(await ask('echo v1.2.3; exit 1')).toBeUndefined());

  test('a tool that hangs is ended', async () => {
    const started = Date.now();
    expect(await ask('sleep 60', 200)).toBeUndefined();
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  test('a tool that prints without end is cut and ended', async () => {
    expect(await ask('while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done', 300)).toBeUndefined();
  });

  test('no kubeconfig is shown to it', async () => {
    expect(await ask('test "$KUBECONFIG" = /dev/null && echo v1.0.0')).toBe('1.0.0');
  });
});
