/** Every field with its value. Taking one out, or changing it, fails here. */
import {
  Containerd,
  CRYPTOGRAPHY,
  Kernel,
  Kubelet,
  KubeProxy,
  type ConfigField,
} from '../../../constructs/node';
import { RECOMMENDATIONS } from '../../../model';
import { sample } from './sample';

const SUITES = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
const RESERVED = { cpu: '100m', memory: '256Mi', 'ephemeral-storage': '1Gi', pid: '1000' };

const KUBELET: Record<string, unknown> = {
  'authentication.anonymous.enabled': false,
  'authentication.webhook.enabled': true,
  'authentication.x509.clientCAFile': '/etc/kubernetes/pki/ca.crt',
  'authorization.mode': 'Webhook',
  readOnlyPort: 0,
  healthzBindAddress: '127.0.0.1',
  healthzPort: 10248,
  port: 10250,
  tlsMinVersion: 'VersionTLS13',
  tlsCipherSuites: SUITES,
  rotateCertificates: true,
  serverTLSBootstrap: true,
  'featureGates.RotateKubeletServerCertificate': true,
  enableDebuggingHandlers: true,
  enableSystemLogHandler: false,
  enableSystemLogQuery: false,
  enableProfilingHandler: false,
  enableContentionProfiling: false,
  enableDebugFlagsHandler: false,
  streamingConnectionIdleTimeout: '5m0s',
  eventRecordQPS: 5,
  eventBurst: 10,
  protectKernelDefaults: true,
  makeIPTablesUtilChains: true,
  seccompDefault: true,
  podPidsLimit: 2048,
  allowedUnsafeSysctls: [],
  failSwapOn: true,
  'memorySwap.swapBehavior': 'NoSwap',
  failCgroupV1: true,
  cgroupDriver: 'systemd',
  cgroupsPerQOS: true,
  imagePullCredentialsVerificationPolicy: 'AlwaysVerify',
  volumePluginDir: '/var/lib/kubelet/volume-plugins',
  enableControllerAttachDetach: true,
  localStorageCapacityIsolation: true,
  maxPods: 110,
  systemReserved: RESERVED,
  kubeReserved: RESERVED,
  enforceNodeAllocatable: ['pods'],
  evictionHard: {
    'memory.available': '100Mi',
    'nodefs.available': '10%',
    'nodefs.inodesFree': '5%',
    'imagefs.available': '15%',
    'imagefs.inodesFree': '5%',
    'pid.available': '10%',
  },
  serializeImagePulls: false,
  maxParallelImagePulls: 3,
  containerLogMaxSize: '10Mi',
  containerLogMaxFiles: 5,
  shutdownGracePeriod: '60s',
  shutdownGracePeriodCriticalPods: '20s',
  clusterDNS: ['10.96.0.10'],
  clusterDomain: 'cluster.local',
  staticPodPath: '/etc/kubernetes/manifests',
  containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
};

const KUBE_PROXY: Record<string, unknown> = {
  mode: 'nftables',
  metricsBindAddress: '127.0.0.1:10249',
  healthzBindAddress: '127.0.0.1:10256',
  enableProfiling: false,
  bindAddressHardFail: true,
  nodePortAddresses: ['primary'],
  clusterCIDR: '10.244.0.0/16,fd00:2::/56',
  detectLocalMode: 'ClusterCIDR',
  'conntrack.tcpBeLiberal': false,
  'clientConnection.kubeconfig': '/var/lib/kube-proxy/kubeconfig.conf',
};

const RUNTIME = 'plugins.io\\.containerd\\.cri\\.v1\\.runtime';
const IMAGES = 'plugins.io\\.containerd\\.cri\\.v1\\.images';
const GRPC = 'plugins.io\\.containerd\\.grpc\\.v1\\.cri';

const CONTAINERD: Record<string, unknown> = {
  root: '/var/lib/containerd',
  state: '/run/containerd',
  imports: [],
  disabled_plugins: [
    'io.containerd.nri.v1.nri',
    'io.containerd.internal.v1.opt',
    'io.containerd.internal.v1.tracing',
    'io.containerd.tracing.processor.v1.otlp',
  ],
  'grpc.address': '/run/containerd/containerd.sock',
  'grpc.uid': 0,
  'grpc.gid': 0,
  'grpc.tcp_address': '',
  'debug.address': '',
  'debug.level': 'info',
  'metrics.address': '',
  [`${IMAGES}.snapshotter`]: 'overlayfs',
  [`${IMAGES}.registry.config_path`]: '/etc/containerd/certs.d',
  [`${RUNTIME}.enable_selinux`]: true,
  [`${RUNTIME}.disable_apparmor`]: false,
  [`${RUNTIME}.unset_seccomp_profile`]: 'runtime/default',
  [`${RUNTIME}.enable_unprivileged_ports`]: false,
  [`${RUNTIME}.enable_unprivileged_icmp`]: false,
  [`${RUNTIME}.device_ownership_from_security_context`]: false,
  [`${RUNTIME}.enable_criu`]: false,
  [`${RUNTIME}.containerd.default_runtime_name`]: 'runc',
  [`${RUNTIME}.containerd.runtimes.runc.runtime_type`]: 'io.containerd.runc.v2',
  [`${RUNTIME}.containerd.runtimes.runc.cgroup_writable`]: false,
  [`${RUNTIME}.containerd.runtimes.runc.pod_annotations`]: [],
  [`${RUNTIME}.containerd.runtimes.runc.options.SystemdCgroup`]: true,
  [`${RUNTIME}.cni.conf_dir`]: '/etc/cni/net.d',
  [`${RUNTIME}.cni.bin_dirs`]: ['/opt/cni/bin'],
  [`${GRPC}.stream_server_address`]: '127.0.0.1',
  [`${GRPC}.stream_server_port`]: '0',
  [`${GRPC}.stream_idle_timeout`]: '5m0s',
  [`${GRPC}.disable_tcp_service`]: true,
};

const CONF = (family: 4 | 6, names: readonly string[]) =>
  Object.fromEntries(
    ['all', 'default'].flatMap((which) => names.map((name) => [`net.ipv${family}.conf.${which}.${name}`, 0])),
  );

const SYSCTLS: Record<string, unknown> = {
  'vm.overcommit_memory': 1,
  'vm.panic_on_oom': 0,
  'kernel.panic': 10,
  'kernel.panic_on_oops': 1,
  'kernel.keys.root_maxkeys': 1000000,
  'kernel.keys.root_maxbytes': 25000000,
  'net.ipv4.ip_forward': 1,
  'net.ipv6.conf.all.forwarding': 1,
  'kernel.kptr_restrict': 2,
  'kernel.dmesg_restrict': 1,
  'kernel.unprivileged_bpf_disabled': 1,
  'net.core.bpf_jit_harden': 2,
  'kernel.perf_event_paranoid': 3,
  'kernel.yama.ptrace_scope': 2,
  'kernel.kexec_load_disabled': 1,
  'kernel.randomize_va_space': 2,
  'kernel.sysrq': 0,
  '-kernel.io_uring_disabled': 2,
  '-kernel.unprivileged_userns_clone': 0,
  '-dev.tty.legacy_tiocsti': 0,
  'dev.tty.ldisc_autoload': 0,
  'vm.unprivileged_userfaultfd': 0,
  'vm.mmap_min_addr': 65536,
  'fs.suid_dumpable': 0,
  'fs.protected_hardlinks': 1,
  'fs.protected_symlinks': 1,
  'fs.protected_fifos': 2,
  'fs.protected_regular': 2,
  ...CONF(4, ['accept_redirects', 'secure_redirects', 'send_redirects', 'accept_source_route']),
  ...CONF(6, ['accept_redirects', 'accept_source_route']),
  'net.ipv4.icmp_echo_ignore_broadcasts': 1,
  'net.ipv4.icmp_ignore_bogus_error_responses': 1,
  'net.ipv4.tcp_syncookies': 1,
  'net.ipv4.tcp_rfc1337': 1,
};

const TABLES: [string, readonly ConfigField[], Record<string, unknown>][] = [
  ['kubelet', new Kubelet({ clusterDns: ['10.96.0.10'] }).fields, KUBELET],
  ['kube-proxy', new KubeProxy({ podRanges: ['10.244.0.0/16', 'fd00:2::/56'] }).fields, KUBE_PROXY],
  ['containerd', new Containerd().fields, CONTAINERD],
  ['kernel', new Kernel().sysctls, SYSCTLS],
];

describe.each(TABLES)('%s', (_, fields, expected) => {
  const actual = new Map(fields.map(({ path, value }) => [path, value]));

  test.each(Object.entries(expected))('%s is %j', (path, value) => {
    expect(actual.get(path)).toEqual(value);
  });

  test('the table above is complete, and no field is given twice', () => {
    expect(fields.map(({ path }) => path).sort()).toEqual(Object.keys(expected).sort());
  });

  test('each has a reason in words, and names recommendations that there are', () => {
    const known = RECOMMENDATIONS.map(({ id }) => id);
    for (const { why, recommendation } of fields) {
      expect(why).toMatch(/^[A-Z/].{6,}\.$/);
      if (recommendation !== undefined) expect(known).toContain(recommendation);
    }
  });
});

describe('the documents', () => {
  test('hold every field where its path says', () => {
    const { kubelet, kubeProxy } = sample();
    expect(kubelet!.document).toMatchObject({
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      authentication: { anonymous: { enabled: false }, x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' } },
      evictionHard: { 'memory.available': '100Mi' },
    });
    expect(kubeProxy!.document).toMatchObject({ kind: 'KubeProxyConfiguration', mode: 'nftables' });
  });

  test('have no field that nobody declared: no setting has a setter', () => {
    const { kubelet, kubeProxy, containerd, kernel, firewall } = sample();
    for (const part of [kubelet, kubeProxy, containerd, firewall])
      expect(Object.getOwnPropertyNames(Object.getPrototypeOf(part))).toEqual(['constructor']);
    expect(
      Object.getOwnPropertyNames(Object.getPrototypeOf(kernel)).filter((name) => !name.endsWith('File')),
    ).toEqual(['constructor']);
  });

  test('under FIPS: no ChaCha20, and Go in its FIPS mode', () => {
    const node = sample({ cryptography: CRYPTOGRAPHY.fips });
    expect(JSON.stringify(node.kubelet!.document)).not.toContain('CHACHA20');
    expect(JSON.stringify(node.entries)).toContain('Environment=GODEBUG=fips140=on');
    expect(JSON.stringify(sample().entries)).not.toContain('fips140');
  });
});

describe('what may be added', () => {
  test('the kubelet: pods, processes, reserves, images that are there already', () => {
    const { document } = sample({
      kubelet: {
        maxPods: 200,
        podPidsLimit: 512,
        systemReserved: { cpu: '1', pid: 2000 },
        preloadedImages: ['registry.k8s.io/*', 'mirror.example:5000/pause'],
        clusterDomain: 'shop.example',
      },
    }).kubelet!;
    expect(document).toMatchObject({
      maxPods: 200,
      podPidsLimit: 512,
      clusterDomain: 'shop.example',
      systemReserved: { ...RESERVED, cpu: '1', pid: '2000' },
      kubeReserved: RESERVED,
      imagePullCredentialsVerificationPolicy: 'NeverVerifyAllowlistedImages',
      preloadedImagesVerificationAllowlist: ['registry.k8s.io/*', 'mirror.example:5000/pause'],
    });
  });

  test('the DNS of the cluster is the tenth address of each range, as kubeadm has it, or what is said', () => {
    expect(sample().kubelet!.document['clusterDNS']).toEqual(['10.96.0.10', 'fd00:3::a']);
    expect(sample({ kubelet: { clusterDns: ['10.96.3.4'] } }).kubelet!.document['clusterDNS']).toEqual([
      '10.96.3.4',
    ]);
  });

  test('a bridge: its module and its settings, with Flannel alone', () => {
    const text = (props: object) => JSON.stringify(sample(props).entries);
    expect(text({})).not.toMatch(/br_netfilter|bridge-nf-call/);
    expect(text({ transports: ['flannel-vxlan'] })).toMatch(/bridge-nf-call-ip6tables = 1/);
    expect(new Kernel({ bridge: true }).modules).toContain('br_netfilter');
  });
});

test('modules that nobody needs cannot be loaded, by name either', () => {
  const text = new Kernel().modprobeFile();
  for (const name of ['dccp', 'rds', 'tipc', 'usb-storage', 'cramfs'])
    expect(text).toContain(`blacklist ${name}\ninstall ${name} /bin/false\n`);
  expect(text).not.toContain('sctp');
});

test('pods may have user namespaces', () => {
  expect(new Kernel().sysctlFile()).not.toContain('max_user_namespaces');
});
