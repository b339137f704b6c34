import { throwIfAny, type Problem } from '../../model';
import { invalid } from './cluster-addresses';
import { documentOf, field, type ConfigField } from './config-field';
import { NODE_PATHS } from './node-paths';
import { tomlText, type TomlTable } from './toml';

/** A registry that is asked instead of another one. */
export interface RegistryMirror {
  /** The registry that images name, for example `registry.k8s.io`; `_default` for all that have no mirror of their own. */
  readonly registry: string;
  /** Where it is asked instead, for example `https://mirror.example`; a path is asked as it is, for
   * example `https://mirror.example/v2/k8s`. Only https. */
  readonly endpoint: string;
  /**
   * Path of the CA that signed the mirror's certificate.
   * @default - the CAs of the system
   */
  readonly ca?: string;
  /**
   * The certificate of that CA itself, in PEM: it is written to the node. In place of `ca`.
   * @default - `ca`
   */
  readonly authority?: string;
}

/** Properties of {@link Containerd}. */
export interface ContainerdProps {
  /**
   * The image that holds a pod together.
   * @default - that of containerd
   */
  readonly sandboxImage?: string;
  /**
   * Registries that are asked instead of others, and without falling back to those.
   * @default - each registry is asked itself
   */
  readonly mirrors?: readonly RegistryMirror[];
}

/** What a node holds of a registry that is mirrored. */
export interface MirrorHost {
  /** The registry that images name. */
  readonly registry: string;
  /** The text of its `hosts.toml`. */
  readonly text: string;
  /**
   * The certificate by which the mirror is known.
   * @default - none is written
   */
  readonly authority?: { readonly path: string; readonly text: string };
}

/** One or more certificates, and nothing else: no key. */
const CERTIFICATE = /^\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/;

/** Where the certificate is by which a mirror is known. */
function authorityFile(registry: string): string {
  return `${NODE_PATHS.registryHosts}/${registry}/authority.pem`;
}

const IMAGES = 'plugins.io\\.containerd\\.cri\\.v1\\.images';
const RUNTIME = 'plugins.io\\.containerd\\.cri\\.v1\\.runtime';
const GRPC = 'plugins.io\\.containerd\\.grpc\\.v1\\.cri';

/**
 * The configuration of containerd 2 (version 3 of its format).
 *
 * `restrict_oom_score_adj` is not set: it is for runtimes without the right to protect the node's own processes. Device injection
 * (CDI) stays on: dynamic resource allocation stands on it, and its folders are root's alone. Confinement by SELinux is on, which
 * does nothing where the node has none; AppArmor profiles are applied where the node has it.
 */
export class Containerd {
  /** The fields in a fixed order, each with its reason. */
  public readonly fields: readonly ConfigField[];
  /** The configuration, as TOML. */
  public readonly text: string;
  /** The file of each mirrored registry, below the folder that the configuration names. */
  public readonly hosts: readonly MirrorHost[];

  /** @throws KeelsonError `construct/invalid` with every mirror that is none */
  public constructor({ sandboxImage, mirrors = [] }: ContainerdProps = {}) {
    throwIfAny(containerdProblems({ mirrors }));
    this.fields = [
      ...FIELDS,
      ...(sandboxImage === undefined
        ? []
        : [field(`${IMAGES}.pinned_images.sandbox`, sandboxImage, 'The image that holds a pod together.')]),
    ];
    this.text = `# Written by keelson.\n${tomlText(documentOf(this.fields, { version: 3 }) as TomlTable)}`;
    this.hosts = mirrors.map(
      ({ registry, endpoint, authority, ca = authority && authorityFile(registry) }) => ({
        registry,
        ...(authority === undefined ? {} : { authority: { path: authorityFile(registry), text: authority } }),
        text: `# Written by keelson.\n${tomlText({
          server: endpoint,
          ...overridePath(endpoint),
          host: {
            [endpoint]: {
              ...overridePath(endpoint),
              capabilities: ['pull', 'resolve'],
              ...(ca === undefined ? {} : { ca }),
            },
          },
        })}`,
      }),
    );
  }
}

const FIELDS: readonly ConfigField[] = [
  field('root', '/var/lib/containerd', 'Images and containers.'),
  field('state', '/run/containerd', 'What does not outlive a boot.'),
  field('imports', [], 'No other file changes what is said here.', 'UPG-3'),
  field(
    'disabled_plugins',
    [
      'io.containerd.nri.v1.nri',
      'io.containerd.internal.v1.opt',
      'io.containerd.internal.v1.tracing',
      'io.containerd.tracing.processor.v1.otlp',
    ],
    'Nothing changes containers from beside (NRI), installs programs or sends traces.',
    'UPG-3',
  ),
  field('grpc.address', NODE_PATHS.containerdSocket, 'A socket, no port.', 'ARCH-1'),
  field('grpc.uid', 0, 'Who opens it is root of the node: root alone.', 'AUTH-3'),
  field('grpc.gid', 0, 'No group either.', 'AUTH-3'),
  field('grpc.tcp_address', '', 'No port.', 'ARCH-1'),
  field('debug.address', '', 'No debug socket.', 'UPG-3'),
  field('debug.level', 'info', 'Bodies of requests are not logged.', 'NET-6'),
  field('metrics.address', '', 'No plain port for metrics: the kubelet has those of containers.', 'NET-4'),
  field(`${IMAGES}.snapshotter`, 'overlayfs', 'The one that is used.'),
  field(
    `${IMAGES}.registry.config_path`,
    NODE_PATHS.registryHosts,
    'Where mirrors are named; no credentials stand in this file.',
    'NET-6',
  ),
  field(`${RUNTIME}.enable_selinux`, true, 'Containers are confined where the node has SELinux.', 'POD-7'),
  field(
    `${RUNTIME}.disable_apparmor`,
    false,
    'Containers are confined where the node has AppArmor.',
    'POD-7',
  ),
  field(
    `${RUNTIME}.unset_seccomp_profile`,
    'runtime/default',
    'A container without a profile gets the default, whoever asks.',
    'POD-7',
  ),
  field(`${RUNTIME}.enable_unprivileged_ports`, false, 'Ports below 1024 need their capability.', 'POD-6'),
  field(`${RUNTIME}.enable_unprivileged_icmp`, false, 'Raw echo requests need their capability.', 'POD-6'),
  field(
    `${RUNTIME}.device_ownership_from_security_context`,
    false,
    'Devices are not given to users of pods.',
    'POD-6',
  ),
  field(`${RUNTIME}.enable_criu`, false, 'Memory of containers is not written to disk.', 'NET-6'),
  field(`${RUNTIME}.containerd.default_runtime_name`, 'runc', 'The runtime below.'),
  field(`${RUNTIME}.containerd.runtimes.runc.runtime_type`, 'io.containerd.runc.v2', 'The runtime.'),
  field(
    `${RUNTIME}.containerd.runtimes.runc.cgroup_writable`,
    false,
    'Containers do not change their limits.',
    'POD-6',
  ),
  field(
    `${RUNTIME}.containerd.runtimes.runc.pod_annotations`,
    [],
    'Annotations of pods do not reach the runtime.',
    'POD-6',
  ),
  field(
    `${RUNTIME}.containerd.runtimes.runc.options.SystemdCgroup`,
    true,
    'One writer of the tree of cgroups, as the kubelet has it.',
  ),
  field(`${RUNTIME}.cni.conf_dir`, NODE_PATHS.cniConfiguration, 'Where the network plugin is named.'),
  field(`${RUNTIME}.cni.bin_dirs`, ['/opt/cni/bin'], 'Where it is.'),
  field(
    `${GRPC}.stream_server_address`,
    '127.0.0.1',
    'Sessions of exec reach it through the kubelet alone.',
    'NET-4',
  ),
  field(`${GRPC}.stream_server_port`, '0', 'A port that is free.'),
  field(`${GRPC}.stream_idle_timeout`, '5m0s', 'A forgotten exec session ends.', 'AUTH-2'),
  field(`${GRPC}.disable_tcp_service`, true, 'No CRI over TCP.', 'ARCH-1'),
];

/** An endpoint with a path is asked there as it is; to one without, containerd adds `/v2`. */
function overridePath(endpoint: string): TomlTable {
  return new URL(endpoint).pathname === '/' ? {} : { override_path: true };
}

/** Everything that is wrong with the properties of containerd: mirrors that are none, or named twice. */
export function containerdProblems({ mirrors = [] }: ContainerdProps = {}): readonly Problem[] {
  const seen = new Set<string>();
  return mirrors.flatMap(({ registry, endpoint, ca, authority }, index) => {
    const where = `mirrors[${index}]`;
    const twice = seen.has(registry);
    seen.add(registry);
    return [
      ...(/^(_default|[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?)$/.test(registry)
        ? []
        : [
            invalid(
              `${where}.registry`,
              `'${registry.slice(0, 60)}' is no registry.`,
              'Give a host, with its port where that is not 443.',
            ),
          ]),
      ...(twice
        ? [invalid(`${where}.registry`, `'${registry}' has a mirror already.`, 'Name each registry once.')]
        : []),
      ...(/^https:\/\/[a-z0-9[\]:.-]+(\/[\w./-]*)?$/.test(endpoint)
        ? []
        : [
            invalid(
              `${where}.endpoint`,
              `'${endpoint.slice(0, 60)}' is no https URL without user and query.`,
              'Give a URL like https://mirror.example.',
            ),
          ]),
      ...(authority === undefined || (ca === undefined && CERTIFICATE.test(authority))
        ? []
        : [
            invalid(
              `${where}.authority`,
              ca === undefined ? 'It is no certificate in PEM.' : 'There is a path of a CA as well.',
              'Give the certificate of the CA alone, or the path of one that is on the node.',
            ),
          ]),
      ...(ca === undefined || /^\/[\w./-]+$/.test(ca)
        ? []
        : [invalid(`${where}.ca`, `'${ca.slice(0, 60)}' is no absolute path.`, 'Give the path of a file.')]),
    ];
  });
}
