import { commandLine, type ComponentName } from '../../../constructs/control-plane';
import { RECOMMENDATIONS } from '../../../model';
import { sample } from './sample';

const SUITES = 'TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256';

/** Every setting that serves a recommendation or answers a benchmark item. Taking one out, or changing it, fails here. */
const SECURE: Record<ComponentName, Record<string, string>> = {
  etcd: {
    'listen-client-urls': 'https://127.0.0.1:2379',
    'listen-peer-urls': 'https://127.0.0.1:2380',
    'cert-file': '/k/pki/etcd/server.crt',
    'key-file': '/k/pki/etcd/server.key',
    'client-cert-auth': 'true',
    'trusted-ca-file': '/k/pki/etcd/ca.crt',
    'client-cert-allowed-hostname': 'apiserver.etcd.keelson',
    'auto-tls': 'false',
    'peer-cert-file': '/k/pki/etcd/peer.crt',
    'peer-key-file': '/k/pki/etcd/peer.key',
    'peer-client-cert-auth': 'true',
    'peer-trusted-ca-file': '/k/pki/etcd/ca.crt',
    'peer-cert-allowed-hostname': 'peer.etcd.keelson',
    'peer-auto-tls': 'false',
    'tls-min-version': 'TLS1.3',
    'enable-grpc-gateway': 'false',
    cors: 'https://127.0.0.1:2379',
    'enable-pprof': 'false',
  },
  'kube-apiserver': {
    'bind-address': '127.0.0.1',
    'secure-port': '6443',
    'tls-cert-file': '/k/pki/apiserver.crt',
    'tls-private-key-file': '/k/pki/apiserver.key',
    'tls-min-version': 'VersionTLS13',
    'tls-cipher-suites': SUITES,
    profiling: 'false',
    'request-timeout': '60s',
    'etcd-servers': 'https://127.0.0.1:2379',
    'etcd-cafile': '/k/pki/etcd/ca.crt',
    'etcd-certfile': '/k/pki/apiserver-etcd-client.crt',
    'etcd-keyfile': '/k/pki/apiserver-etcd-client.key',
    'authentication-config': '/k/config/authentication.yaml',
    'client-ca-file': '/k/pki/ca.crt',
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': '/k/pki/sa.pub',
    'service-account-signing-key-file': '/k/pki/sa.key',
    'service-account-lookup': 'true',
    'service-account-extend-token-expiration': 'false',
    'service-account-max-token-expiration': '24h',
    'requestheader-client-ca-file': '/k/pki/front-proxy-ca.crt',
    'requestheader-allowed-names': 'front-proxy-client',
    'proxy-client-cert-file': '/k/pki/front-proxy-client.crt',
    'proxy-client-key-file': '/k/pki/front-proxy-client.key',
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction,EventRateLimit,DenyServiceExternalIPs',
    'admission-control-config-file': '/k/config/admission.yaml',
    'encryption-provider-config': '/k/config/encryption.yaml',
    'encryption-provider-config-automatic-reload': 'true',
    'audit-policy-file': '/k/config/audit-policy.yaml',
    'audit-log-path': '/var/log/k/audit.log',
    'audit-log-format': 'json',
    'audit-log-mode': 'blocking',
    'audit-log-maxage': '30',
    'audit-log-maxbackup': '10',
    'audit-log-maxsize': '100',
    'kubelet-certificate-authority': '/k/pki/ca.crt',
    'kubelet-client-certificate': '/k/pki/apiserver-kubelet-client.crt',
    'kubelet-client-key': '/k/pki/apiserver-kubelet-client.key',
  },
  'kube-controller-manager': {
    'bind-address': '127.0.0.1',
    'secure-port': '10257',
    'tls-cert-file': '/k/pki/controller-manager.crt',
    'tls-private-key-file': '/k/pki/controller-manager.key',
    'tls-min-version': 'VersionTLS13',
    'tls-cipher-suites': SUITES,
    kubeconfig: '/k/controller-manager.conf',
    'authentication-kubeconfig': '/k/controller-manager.conf',
    'authorization-kubeconfig': '/k/controller-manager.conf',
    'client-ca-file': '/k/pki/ca.crt',
    profiling: 'false',
    'use-service-account-credentials': 'true',
    'service-account-private-key-file': '/k/pki/sa.key',
    'root-ca-file': '/k/pki/ca.crt',
    'cluster-signing-cert-file': '/k/pki/ca.crt',
    'cluster-signing-key-file': '/k/pki/ca.key',
    'cluster-signing-duration': '720h',
    'flex-volume-plugin-dir': '/k/config/flexvolume',
    'terminated-pod-gc-threshold': '1000',
  },
  'kube-scheduler': {
    'bind-address': '127.0.0.1',
    'secure-port': '10259',
    'tls-cert-file': '/k/pki/scheduler.crt',
    'tls-private-key-file': '/k/pki/scheduler.key',
    'tls-min-version': 'VersionTLS13',
    'tls-cipher-suites': SUITES,
    kubeconfig: '/k/scheduler.conf',
    'authentication-kubeconfig': '/k/scheduler.conf',
    'authorization-kubeconfig': '/k/scheduler.conf',
    'client-ca-file': '/k/pki/ca.crt',
    profiling: 'false',
    'contention-profiling': 'false',
  },
};

/** Flags that would undo one of the above. */
const NEVER = [
  'anonymous-auth',
  'token-auth-file',
  'basic-auth-file',
  'insecure-port',
  'insecure-bind-address',
  'enable-bootstrap-token-auth',
  'disable-admission-plugins',
  'authorization-always-allow-paths',
  'debug-socket-path',
  'listen-metrics-urls',
  'listen-client-http-urls',
  'unsafe-no-fsync',
  'peer-skip-client-san-verification',
  'authentication-skip-lookup',
  'authentication-tolerate-lookup-failure',
];

/** Flags that are given once for each value. */
const REPEATED = ['service-account-issuer', 'service-account-key-file'];

const { components } = sample();

describe.each(components.map((component) => [component.name, component] as const))(
  '%s',
  (name, component) => {
    const actual = Object.fromEntries(component.settings.map((setting) => [setting.name, setting.value]));

    test.each(Object.entries(SECURE[name]))('%s is %s', (flag, value) => {
      expect(actual[flag]).toBe(value);
    });

    test('every setting with a reason stands in the table above', () => {
      const reasoned = component.settings.filter(({ recommendation, cis }) => recommendation ?? cis);
      expect(reasoned.map((setting) => setting.name)).toEqual(Object.keys(SECURE[name]));
    });

    test('no flag undoes another, and none is given twice', () => {
      const names = component.settings.map((setting) => setting.name);
      expect(names.filter((flag) => NEVER.includes(flag))).toEqual([]);
      const once = names.filter((flag) => !REPEATED.includes(flag));
      expect(new Set(once).size).toBe(once.length);
    });

    test('nothing is plain http, and no listener is off the host', () => {
      expect(commandLine(component.settings).join(' ')).not.toContain('http://');
      expect(component.listeners.map(({ host }) => host)).not.toContain('0.0.0.0');
      expect(new Set(component.listeners.map(({ host }) => host))).toEqual(new Set(['127.0.0.1']));
    });

    test('its reasons are recommendations of the guidance', () => {
      const known = RECOMMENDATIONS.map(({ id }) => id);
      for (const { recommendation } of component.settings) {
        if (recommendation !== undefined) expect(known).toContain(recommendation);
      }
    });
  },
);

test('the declared listeners are the ports of the layout, each once', () => {
  const ports = components.flatMap(({ listeners }) => listeners.map(({ port }) => port));
  expect(ports.sort()).toEqual([2379, 2380, 6443, 10257, 10259].sort());
});

test('a component has no way to set or take out a setting', () => {
  for (const component of components) {
    const proto = Object.getPrototypeOf(component) as object;
    expect(Object.getOwnPropertyNames(proto)).toEqual(['constructor']);
  }
});
