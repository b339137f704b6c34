import { SUPPORTED_KUBERNETES } from '../../../model';
import { unknownFields, unknownFlags, type Component } from '../../../constructs/control-plane';
import { SecretReference } from '../../../constructs/secrets/secret-reference';
import { cluster } from './sample';

const gcm = {
  method: 'aesgcm' as const,
  name: 'key-1',
  secret: new SecretReference('encryption/key-1'),
  madeOn: '2026-11-01',
};

test.each(SUPPORTED_KUBERNETES)('every flag and field that is rendered is known to %s', (minor) => {
  const etcd = ['31', '32', '33'].map((last) => ({ name: `etcd-${last}`, address: `192.0.2.${last}` }));
  for (const props of [{}, { etcd }, { cryptography: 'fips' as const, encryption: { keys: [gcm] } }])
    expect(() => cluster({ kubernetes: `${minor}.1`, ...props })).not.toThrow();
});

test('a flag that the release does not know is refused, with those that do', () => {
  const component = {
    name: 'kube-controller-manager',
    settings: [
      { name: 'flex-volume-plugin-dir', value: '/x' },
      { name: 'insecure-port', value: '8080' },
    ],
  } as unknown as Component;
  expect(unknownFlags(component, '1.37').map(({ where, message }) => `${where}: ${message}`)).toEqual([
    'kube-controller-manager --insecure-port: kube-controller-manager of Kubernetes 1.37 does not know this flag.',
  ]);
});

test.each([
  ['a field', { authentication: { anonymus: { enabled: false } } }, ['authentication.anonymus.enabled']],
  ['a field in a list', { registerWithTaints: [{ key: 'a', colour: 'b' }] }, ['registerWithTaints[].colour']],
  [
    'none: what stands in a map is free',
    { featureGates: { Anything: true }, staticPodURLHeader: { a: ['b'] } },
    [],
  ],
  ['none: values', { podPidsLimit: 1, clusterDNS: ['10.96.0.10'] }, []],
])('a file with %s that the release does not know', (_, fields, paths) => {
  const document = { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', ...fields };
  expect(unknownFields('file', document, '1.37').map(({ where }) => where)).toEqual(
    paths.map((path) => `file, ${path}`),
  );
});

test('a kind whose fields nobody listed passes', () => {
  expect(unknownFields('file', { apiVersion: 'v1', kind: 'Config', anything: 1 }, '1.37')).toEqual([]);
});
