import { NODE_PATHS } from './node-paths';

/** A file of systemd. */
export interface UnitFile {
  /** Path below `/etc/systemd/system`, for example `kubelet.service`. */
  readonly path: string;
  /** The whole text. */
  readonly text: string;
}

/** The file of systemd-tmpfiles with the owners and modes of the node. */
export const TMPFILES_PATH = '/etc/tmpfiles.d/keelson.conf';

/** The file of systemd-sysusers with the users of the node. */
export const SYSUSERS_PATH = '/etc/sysusers.d/keelson.conf';

/**
 * Loads the firewall before any interface is up, and never takes it away: stopping the unit leaves the rules. Services that flush
 * all rules of the kernel are kept from running beside it. Source: NET-1.
 */
export function firewallUnit(): UnitFile {
  const others = 'nftables.service firewalld.service ufw.service';
  return unit('keelson-firewall.service', {
    Unit: [
      ['Description', 'keelson: firewall of the node'],
      ['DefaultDependencies', 'no'],
      ['Wants', 'network-pre.target'],
      ['Before', 'network-pre.target kubelet.service shutdown.target'],
      ['After', `local-fs.target systemd-modules-load.service ${others}`],
      ['Conflicts', `shutdown.target ${others}`],
    ],
    Service: [
      ['Type', 'oneshot'],
      ['RemainAfterExit', 'yes'],
      ['ExecStart', `nft -f ${NODE_PATHS.firewall}`],
      ['ExecReload', `nft -f ${NODE_PATHS.firewall}`],
      ['ProtectSystem', 'strict'],
      ['ProtectHome', 'yes'],
      ['PrivateTmp', 'yes'],
      ['CapabilityBoundingSet', 'CAP_NET_ADMIN CAP_DAC_READ_SEARCH'],
      ['NoNewPrivileges', 'yes'],
      ['RestrictAddressFamilies', 'AF_NETLINK AF_UNIX'],
    ],
    Install: [['WantedBy', 'sysinit.target']],
  });
}

/** Options of {@link kubeletUnits}. */
export interface KubeletUnitOptions {
  /** Whom the kubelet talks to besides the node itself: ranges of addresses. */
  readonly peers: readonly string[];
  /** Variables of its environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The kubelet's unit, and the drop-in that takes the place of the one that the kubeadm packages bring, by its name.
 *
 * What is not here breaks pods: whatever gives the unit a mount namespace (ProtectSystem, PrivateTmp, …) hides the kubelet's
 * mounts from containers; RestrictSUIDSGID forbids the setgid bit of volumes with `fsGroup`; a UMask of 0077 makes the
 * `/etc/hosts` that the kubelet writes for each pod unreadable to users other than root. Modes are put right by
 * systemd-tmpfiles instead, before each start. Source: CIS 4.1.1, 4.2.15.
 */
export function kubeletUnits({ peers, environment }: KubeletUnitOptions): readonly UnitFile[] {
  return [
    unit('kubelet.service', {
      Unit: [
        ['Description', 'kubelet: the node agent of Kubernetes'],
        ['Wants', 'network-online.target'],
        ['Requires', 'keelson-firewall.service'],
        ['After', 'network-online.target keelson-firewall.service containerd.service'],
        ['StartLimitIntervalSec', '0'],
      ],
      Service: [
        ['ExecStart', `kubelet --config=${NODE_PATHS.kubeletConfig}`],
        ['Restart', 'always'],
        ['RestartSec', '10'],
      ],
      Install: [['WantedBy', 'multi-user.target']],
    }),
    unit('kubelet.service.d/10-kubeadm.conf', {
      Service: [
        ...Object.entries(environment).map(([name, value]) => ['Environment', `${name}=${value}`] as const),
        ['EnvironmentFile', `-${NODE_PATHS.kubeletState}/kubeadm-flags.env`],
        ['ExecStartPre', `systemd-tmpfiles --create ${TMPFILES_PATH}`],
        ['ExecStart', ''],
        [
          'ExecStart',
          [
            'kubelet',
            `--bootstrap-kubeconfig=${NODE_PATHS.kubeletBootstrapKubeconfig}`,
            `--kubeconfig=${NODE_PATHS.kubeletKubeconfig}`,
            `--config=${NODE_PATHS.kubeletConfig}`,
            `--config-dir=${NODE_PATHS.kubeletDropins}`,
            '$KUBELET_KUBEADM_ARGS',
          ].join(' '),
        ],
        ['IPAddressDeny', 'any'],
        ['IPAddressAllow', ['localhost', ...peers].join(' ')],
        [
          'CapabilityBoundingSet',
          '~CAP_SYS_BOOT CAP_SYS_TIME CAP_WAKE_ALARM CAP_SYS_PACCT CAP_BLOCK_SUSPEND CAP_MAC_ADMIN',
        ],
        ['SystemCallArchitectures', 'native'],
        ['SystemCallFilter', '~@clock @cpu-emulation @obsolete @raw-io @reboot @swap'],
        ['SystemCallErrorNumber', 'EPERM'],
        ['RestrictAddressFamilies', 'AF_UNIX AF_INET AF_INET6 AF_NETLINK'],
        ['RestrictRealtime', 'yes'],
        ['LockPersonality', 'yes'],
        ['MemoryDenyWriteExecute', 'yes'],
        ['KeyringMode', 'private'],
      ],
    }),
  ];
}

/** containerd's unit. It makes mounts and namespaces for pods, so that no namespace, filter or mask of its own can be given to it. */
export function containerdUnit(): UnitFile {
  return unit('containerd.service', {
    Unit: [
      ['Description', 'containerd: the container runtime'],
      ['After', 'network.target dbus.service local-fs.target'],
    ],
    Service: [
      ['ExecStart', `containerd --config ${NODE_PATHS.containerdConfig}`],
      ['Type', 'notify'],
      ['Delegate', 'yes'],
      ['KillMode', 'process'],
      ['Restart', 'always'],
      ['RestartSec', '5'],
      ['LimitNPROC', 'infinity'],
      // A core of the runtime would hold what its containers were given.
      ['LimitCORE', '0'],
      ['TasksMax', 'infinity'],
      ['OOMScoreAdjust', '-999'],
      ['SystemCallArchitectures', 'native'],
    ],
    Install: [['WantedBy', 'multi-user.target']],
  });
}

type Section = readonly (readonly [name: string, value: string])[];

function unit(path: string, sections: Readonly<Record<string, Section>>): UnitFile {
  const text = Object.entries(sections).map(([name, lines]) =>
    [`[${name}]`, ...lines.map(([key, value]) => `${key}=${value}`), ''].join('\n'),
  );
  return { path, text: ['# Written by keelson.', ...text].join('\n') };
}
