import { CRYPTOGRAPHY, type Cryptography } from '../control-plane/cryptography';
import { TLS_FLOOR } from '../control-plane/tls';
import type { Listener } from '../control-plane/component';
import { Cidr, Ip, throwIfAny, type Problem } from '../../model';
import { invalid } from './cluster-addresses';
import { documentOf, field, type ConfigField } from './config-field';
import type { NodeDocument } from './file-tree';
import { NODE_PATHS } from './node-paths';

/** What a node keeps from pods, as Kubernetes quantities, for example `{ cpu: '500m', memory: '1Gi' }`. */
export interface ReservedResources {
  /** Processor time. @default '100m' */
  readonly cpu?: string;
  /** Memory. @default '256Mi' */
  readonly memory?: string;
  /** Space of the root disk. @default '1Gi' */
  readonly ephemeralStorage?: string;
  /** Process ids. @default 1000 */
  readonly pid?: number;
}

/** Properties of {@link Kubelet}. */
export interface KubeletProps {
  /** Addresses of the cluster's DNS Service, one for each family. */
  readonly clusterDns: readonly string[];
  /**
   * The domain of Services.
   * @default 'cluster.local'
   */
  readonly clusterDomain?: string;
  /**
   * The algorithms of the cluster.
   * @default CRYPTOGRAPHY.modern
   */
  readonly cryptography?: Cryptography;
  /**
   * How many pods the node may run.
   * @default 110
   */
  readonly maxPods?: number;
  /**
   * How many processes one pod may have.
   * @default 2048
   */
  readonly podPidsLimit?: number;
  /**
   * What is kept for the system.
   * @default - 100m of a core, 256Mi of memory, 1Gi of disk, 1000 process ids
   */
  readonly systemReserved?: ReservedResources;
  /**
   * What is kept for the kubelet and containerd.
   * @default - as for the system
   */
  readonly kubeReserved?: ReservedResources;
  /**
   * Images that were put on the node without a pull, and that pods may use without credentials for their registry: names
   * without tag or digest, where `/*` at the end stands for all below it. Additive: nothing else is exempt.
   * @default - none: the kubelet verifies each pod's credentials for every image
   */
  readonly preloadedImages?: readonly string[];
}

/** Where the kubelet listens: an API with TLS, and a health check on loopback without. Source: ARCH-1. */
export const KUBELET_PORTS = { api: 10250, health: 10248 } as const;

/**
 * The kubelet's configuration (`kubelet.config.k8s.io/v1beta1`) with its hardened fields. None of them has a setter; every field
 * exists in all targeted releases. Source: the item beside each.
 */
export class Kubelet {
  public readonly name = 'kubelet';
  /** The fields in a fixed order, each with its reason. */
  public readonly fields: readonly ConfigField[];
  /** The whole document: for kubeadm, and for the drop-in file that no ConfigMap reaches. */
  public readonly document: NodeDocument;
  /** Where it listens, and for what. The API is for the API server (exec, logs), which is another host. */
  public readonly listeners: readonly Listener[] = [
    { purpose: 'API', host: '0.0.0.0', port: KUBELET_PORTS.api },
    { purpose: 'health', host: '127.0.0.1', port: KUBELET_PORTS.health, protocol: 'plain' },
  ];

  /** @throws KeelsonError `construct/invalid` with everything that is wrong with the properties */
  public constructor(props: KubeletProps) {
    throwIfAny(kubeletProblems(props));
    this.fields = [
      ...access(),
      ...tls(props),
      ...surface(),
      ...isolation(props),
      ...resources(props),
      ...cluster(props),
    ];
    this.document = documentOf(this.fields, {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
    });
  }
}

function access(): readonly ConfigField[] {
  return [
    field('authentication.anonymous.enabled', false, 'Nobody without credentials.', 'AUTH-1', '4.2.1'),
    field('authentication.webhook.enabled', true, 'Tokens are judged by the API server.', 'AUTH-2'),
    field(
      'authentication.x509.clientCAFile',
      NODE_PATHS.clientCa,
      'Client certificates are those of the cluster.',
      'AUTH-2',
      '4.2.3',
    ),
    field(
      'authorization.mode',
      'Webhook',
      'Each request is judged by RBAC, path by path.',
      'AUTH-3',
      '4.2.2',
    ),
    field('readOnlyPort', 0, 'No port without TLS and credentials.', 'ARCH-1', '4.2.4'),
    field('healthzBindAddress', '127.0.0.1', 'The plain health check stays on the node.', 'NET-4'),
    field(
      'healthzPort',
      KUBELET_PORTS.health,
      'Declared, so that it can be compared with what listens.',
      'ARCH-1',
    ),
    field('port', KUBELET_PORTS.api, 'Declared, so that it can be compared with what listens.', 'ARCH-1'),
  ];
}

function tls({ cryptography = CRYPTOGRAPHY.modern }: KubeletProps): readonly ConfigField[] {
  return [
    field('tlsMinVersion', `VersionTLS${TLS_FLOOR.replace('.', '')}`, 'One floor for every port.', 'NET-4'),
    field('tlsCipherSuites', cryptography.tlsSuites, 'Only authenticated encryption.', 'NET-4', '4.2.12'),
    field(
      'rotateCertificates',
      true,
      'The client certificate is renewed before it ends.',
      'AUTH-2',
      '4.2.10',
    ),
    field(
      'serverTLSBootstrap',
      true,
      'The serving certificate is signed by the cluster, so that the API server can verify it; an approver has to run.',
      'NET-4',
      '4.2.9',
      '4.2.11',
    ),
    field(
      'featureGates.RotateKubeletServerCertificate',
      true,
      'What serverTLSBootstrap stands on cannot be off.',
      'NET-4',
      '4.2.11',
    ),
  ];
}

function surface(): readonly ConfigField[] {
  return [
    // With it off there is no exec, no logs, no port-forward and no metrics of pods: it is the way of the API server to the node.
    field(
      'enableDebuggingHandlers',
      true,
      'Exec, logs and port-forward are this; who may is for RBAC to say.',
      'AUTH-3',
    ),
    field(
      'enableSystemLogHandler',
      false,
      '/var/log is not served: it holds more than logs of pods.',
      'UPG-3',
    ),
    field('enableSystemLogQuery', false, 'The journal of the node is not served.', 'UPG-3'),
    field('enableProfilingHandler', false, 'Profiles show memory.', 'UPG-3'),
    field('enableContentionProfiling', false, 'Profiles show memory.', 'UPG-3'),
    field('enableDebugFlagsHandler', false, 'Nobody changes what is logged from afar.', 'UPG-3'),
    field('streamingConnectionIdleTimeout', '5m0s', 'A forgotten exec session ends.', 'AUTH-2', '4.2.5'),
    field(
      'eventRecordQPS',
      5,
      'Events are kept, and one node cannot flood the API server.',
      'AUD-1',
      '4.2.8',
    ),
    field('eventBurst', 10, 'A burst is twice that, no more.', 'AUD-1'),
  ];
}

function isolation({ podPidsLimit = 2048, preloadedImages = [] }: KubeletProps): readonly ConfigField[] {
  return [
    field(
      'protectKernelDefaults',
      true,
      'It does not start where the kernel settings are others than expected; it never changes them.',
      'UPG-3',
    ),
    field(
      'makeIPTablesUtilChains',
      true,
      'Packets to loopback ports of the node from elsewhere are dropped (CVE-2020-8558).',
      'NET-1',
      '4.2.6',
    ),
    field(
      'seccompDefault',
      true,
      'A container without a profile gets that of the runtime, not none.',
      'POD-7',
      '4.2.14',
    ),
    field('podPidsLimit', podPidsLimit, 'A fork bomb stays in its pod.', undefined, '4.2.13'),
    field('allowedUnsafeSysctls', [], 'No pod sets what reaches beyond it.', 'POD-5'),
    field('failSwapOn', true, 'Secrets in memory never reach a disk.', 'NET-6'),
    field('memorySwap.swapBehavior', 'NoSwap', 'No pod may use swap either.', 'NET-6'),
    field('failCgroupV1', true, 'Limits of memory and processes are whole only under cgroup v2.', 'UPG-3'),
    field('cgroupDriver', 'systemd', 'One writer of the tree of cgroups.'),
    field('cgroupsPerQOS', true, 'Limits hold for the pod as a whole.'),
    preloadedImages.length === 0
      ? field(
          'imagePullCredentialsVerificationPolicy',
          'AlwaysVerify',
          'An image that another pod pulled is not for everybody.',
          'AUTH-3',
        )
      : field(
          'imagePullCredentialsVerificationPolicy',
          'NeverVerifyAllowlistedImages',
          'An image that another pod pulled is not for everybody; those that were put there are named.',
          'AUTH-3',
        ),
    ...(preloadedImages.length === 0
      ? []
      : [
          field(
            'preloadedImagesVerificationAllowlist',
            preloadedImages,
            'The images that were put there.',
            'AUTH-3',
          ),
        ]),
    field(
      'volumePluginDir',
      NODE_PATHS.volumePlugins,
      'FlexVolume, long deprecated, runs what it finds in a folder: an empty one.',
      'UPG-3',
    ),
    field('enableControllerAttachDetach', true, 'A node cannot claim volumes by itself.', 'AUTH-3'),
    field('localStorageCapacityIsolation', true, 'A pod that fills the disk is evicted, not its neighbours.'),
  ];
}

function reserved({
  cpu = '100m',
  memory = '256Mi',
  ephemeralStorage = '1Gi',
  pid = 1000,
}: ReservedResources = {}): Readonly<Record<string, string>> {
  return { cpu, memory, 'ephemeral-storage': ephemeralStorage, pid: String(pid) };
}

function resources({ maxPods = 110, systemReserved, kubeReserved }: KubeletProps): readonly ConfigField[] {
  return [
    field('maxPods', maxPods, 'A bound for what one node holds.'),
    field('systemReserved', reserved(systemReserved), 'Pods cannot starve sshd, journald and the firewall.'),
    field('kubeReserved', reserved(kubeReserved), 'Pods cannot starve the kubelet and containerd.'),
    // Not `system-reserved` and `kube-reserved`: those would kill sshd or the kubelet itself where a number is too small.
    field(
      'enforceNodeAllocatable',
      ['pods'],
      'Pods are held to what is left; the system is not held to what it reserves.',
    ),
    field(
      'evictionHard',
      {
        'memory.available': '100Mi',
        'nodefs.available': '10%',
        'nodefs.inodesFree': '5%',
        'imagefs.available': '15%',
        'imagefs.inodesFree': '5%',
        'pid.available': '10%',
      },
      'Pods go before the node does; with the ids of processes, which are left out by default.',
    ),
    field('serializeImagePulls', false, 'A slow pull of one pod does not hold up all others.'),
    field('maxParallelImagePulls', 3, 'Nor do many together fill disk and network.'),
    field('containerLogMaxSize', '10Mi', 'Logs of a container are bounded.', 'AUD-2'),
    field('containerLogMaxFiles', 5, 'Logs of a container are bounded.', 'AUD-2'),
    field(
      'shutdownGracePeriod',
      '60s',
      'Pods end in order when the node goes down, logs written out.',
      'AUD-2',
    ),
    field('shutdownGracePeriodCriticalPods', '20s', 'Of those, the last are for critical pods.', 'AUD-2'),
  ];
}

function cluster({ clusterDns, clusterDomain = 'cluster.local' }: KubeletProps): readonly ConfigField[] {
  return [
    field('clusterDNS', clusterDns, 'Where pods ask for names.'),
    field('clusterDomain', clusterDomain, 'The domain of Services.'),
    field(
      'staticPodPath',
      NODE_PATHS.manifests,
      'Where the control plane of a node is; root alone writes there.',
      'NET-2',
    ),
    field(
      'containerRuntimeEndpoint',
      `unix://${NODE_PATHS.containerdSocket}`,
      'A socket, which root alone may open.',
    ),
  ];
}

/**
 * Everything that is wrong with the properties of a kubelet.
 *
 * @param services ranges that the DNS of the cluster has to be in; none: that is not looked at
 */
export function kubeletProblems(props: KubeletProps, services: readonly string[] = []): readonly Problem[] {
  const {
    clusterDns,
    clusterDomain = 'cluster.local',
    maxPods = 110,
    podPidsLimit = 2048,
    preloadedImages = [],
  } = props;
  const ranges = services.flatMap((text) => Cidr.parseAny(text) ?? []);
  const bounded = (name: string, value: number, low: number, high: number): readonly Problem[] =>
    Number.isInteger(value) && value >= low && value <= high
      ? []
      : [
          invalid(
            `kubelet.${name}`,
            `${value} is out of bounds.`,
            `Give a whole number from ${low} to ${high}.`,
          ),
        ];
  return [
    ...clusterDns.flatMap((text, index) => {
      const ip = Ip.parse(text);
      if (ip !== undefined && (ranges.length === 0 || ranges.some((range) => range.containsIp(ip))))
        return [];
      const message = `'${text.slice(0, 60)}' is no address of a Service.`;
      return [
        invalid(
          `kubelet.clusterDns[${index}]`,
          message,
          'Give the address of the DNS Service, for example 10.96.0.10.',
        ),
      ];
    }),
    ...(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(clusterDomain)
      ? []
      : [
          invalid(
            'kubelet.clusterDomain',
            `'${clusterDomain.slice(0, 60)}' is no domain.`,
            'Give a name like cluster.local.',
          ),
        ]),
    ...bounded('maxPods', maxPods, 1, 1000),
    // Above this, one pod can use up what the kernel has for all (pid_max may be 32768).
    ...bounded('podPidsLimit', podPidsLimit, 16, 16384),
    ...reservedProblems('systemReserved', props.systemReserved),
    ...reservedProblems('kubeReserved', props.kubeReserved),
    ...preloadedImages.flatMap((image, index) =>
      /^[a-z0-9][\w.-]*(:\d{1,5})?(\/[a-z0-9._-]+)*(\/\*)?$/.test(image)
        ? []
        : [
            invalid(
              `kubelet.preloadedImages[${index}]`,
              `'${image.slice(0, 60)}' is no name of an image without tag and digest.`,
              'Write registry/name, or registry/* for all below it.',
            ),
          ],
    ),
  ];
}

function reservedProblems(
  name: string,
  { cpu, memory, ephemeralStorage, pid }: ReservedResources = {},
): readonly Problem[] {
  const texts: readonly (readonly [string, string | undefined, RegExp, string])[] = [
    ['cpu', cpu, /^(\d+m|\d+(\.\d+)?)$/, '500m'],
    ['memory', memory, /^\d+(Ki|Mi|Gi|k|M|G)?$/, '512Mi'],
    ['ephemeralStorage', ephemeralStorage, /^\d+(Ki|Mi|Gi|k|M|G)?$/, '2Gi'],
  ];
  return [
    ...texts.flatMap(([key, value, pattern, example]) =>
      value === undefined || pattern.test(value)
        ? []
        : [
            invalid(
              `kubelet.${name}.${key}`,
              `'${value.slice(0, 60)}' is no quantity.`,
              `Write it like ${example}.`,
            ),
          ],
    ),
    ...(pid === undefined || (Number.isInteger(pid) && pid > 0)
      ? []
      : [
          invalid(`kubelet.${name}.pid`, `${pid} is no number of processes.`, 'Give a whole number above 0.'),
        ]),
  ];
}
