import type { HardenedClusterArgs } from '../../../../stacks/cluster/hardened-cluster';
import { accessProblems, secretProblems } from '../../../../stacks/cluster/cluster-problems';
import { SecretReference } from '../../../../constructs/secrets/secret-reference';
import { cluster, PROPS } from '../../cluster/sample';
import { places } from '../../support/problems';

const ACCESS = { hostKey: `ssh-ed25519 ${'A'.repeat(68)}` };
const MACHINES = ['cp-1', 'cp-2', 'cp-3', 'worker-1'];

function args(change: Partial<HardenedClusterArgs> = {}): HardenedClusterArgs {
  return {
    ...{ cluster: cluster(), binaries: {}, images: {}, networkPlugin: [] },
    access: Object.fromEntries(MACHINES.map((name) => [name, ACCESS])),
    ...change,
  };
}

test('a cluster whose machines are all reached has no problem', () => {
  expect(accessProblems(args())).toEqual([]);
  expect(secretProblems(args())).toEqual([]);
});

test('machines without a way to them and ways to no machine are named, all at once', () => {
  const access = { 'cp-1': ACCESS, 'cp-2': ACCESS, 'worker-9': ACCESS };
  expect(places(accessProblems(args({ access })))).toEqual([
    'access.cp-3 [construct/invalid]',
    'access.worker-1 [construct/invalid]',
    'access.worker-9 [construct/invalid]',
  ]);
});

test('machines of etcd alone are refused, and not left out in silence', () => {
  const made = cluster({
    etcd: [1, 2, 3].map((at) => ({ name: `etcd-${at}`, address: `192.0.2.3${at}` })),
  } as object);
  const access = Object.fromEntries(
    [...MACHINES, 'etcd-1', 'etcd-2', 'etcd-3'].map((name) => [name, ACCESS]),
  );
  expect(places(accessProblems(args({ cluster: made, access })))).toEqual(
    [1, 2, 3].map((at) => `cluster.etcd-${at} [construct/invalid]`),
  );
});

test('a value that no file needs is named: it would be a wrong name', () => {
  const secrets = { 'encryption/key-2': 'x', 'encryption/key-1': 'x' };
  expect(places(secretProblems(args({ secrets })))).toEqual(['secrets["encryption/key-2"] [secret/missing]']);
});

test('no value of a secret is in a message', () => {
  expect(JSON.stringify(secretProblems(args({ secrets: { other: 'canary' } })))).not.toContain('canary');
});

test('keys of encryption are made where they are not given, whatever their number', () => {
  const keys = ['key-2', 'key-1'].map((name) => ({
    name,
    secret: new SecretReference(`encryption/${name}`),
  }));
  const made = cluster({ ...PROPS, encryption: { keys } });
  expect(secretProblems(args({ cluster: made }))).toEqual([]);
});
