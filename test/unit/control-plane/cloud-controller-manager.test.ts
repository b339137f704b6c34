import { CloudControllerManager, unknownFlags } from '../../../constructs/control-plane';
import { SUPPORTED_KUBERNETES } from '../../../model';
import { LAYOUT } from './sample';

const manager = new CloudControllerManager({ layout: LAYOUT, provider: 'openstack' });
const flags = Object.fromEntries(manager.settings.map(({ name, value }) => [name, value]));

test('has the hardened settings of every controller manager', () => {
  expect(flags).toEqual({
    'bind-address': '127.0.0.1',
    'secure-port': '10258',
    'tls-cert-file': '/k/pki/cloud-controller-manager.crt',
    'tls-private-key-file': '/k/pki/cloud-controller-manager.key',
    'tls-min-version': 'VersionTLS13',
    'tls-cipher-suites': 'TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256',
    kubeconfig: '/k/cloud-controller-manager.conf',
    'authentication-kubeconfig': '/k/cloud-controller-manager.conf',
    'authorization-kubeconfig': '/k/cloud-controller-manager.conf',
    'client-ca-file': '/k/pki/ca.crt',
    'cloud-provider': 'openstack',
    'leader-elect': 'true',
    'use-service-account-credentials': 'true',
    profiling: 'false',
    'contention-profiling': 'false',
  });
});

test('listens on loopback, on the port of the guidance', () => {
  expect(manager.listeners).toEqual([{ purpose: 'metrics and health', host: '127.0.0.1', port: 10258 }]);
});

test.each(SUPPORTED_KUBERNETES)('the framework of %s knows every flag', (release) => {
  expect(unknownFlags(manager, release)).toEqual([]);
});

test('follows the profile', () => {
  const fips = new CloudControllerManager({ layout: LAYOUT, provider: 'openstack', cryptography: 'fips' });
  expect(fips.environment).toEqual({ GODEBUG: 'fips140=on' });
});
