import { leaf, controlPlanePki, ETCD_PEER_NAME, type PkiSpec } from '../control-plane/certificates';
import type { CryptographyName } from '../control-plane/cryptography';
import { Etcd } from '../control-plane/etcd';
import type { ControlPlaneLayout } from '../control-plane/layout';
import { commandLine } from '../control-plane/setting';
import { ETCD_USER } from '../node/file-access';
import type { NodeFile } from '../node/file-tree';
import type { Machine } from './machine';
import { nodeLayout } from './node-layout';

/** Where etcd has its files on a machine of its own: they belong to its user, which is not root there. */
export function etcdLayout(machine: Machine): ControlPlaneLayout {
  return { ...nodeLayout(machine), certificates: '/etc/etcd/pki', configuration: '/etc/etcd' };
}

/** etcd on a machine of its own. */
export function etcdMember(machine: Machine, all: readonly Machine[], cryptography?: CryptographyName): Etcd {
  return new Etcd({ layout: etcdLayout(machine), etcdName: machine.name, etcdMembers: all, cryptography });
}

/** The certificates of a machine of etcd. */
export function etcdMachinePki(machine: Machine, cryptography?: CryptographyName): PkiSpec {
  const layout = etcdLayout(machine);
  const { authorities, curve, renewInLast } = controlPlanePki({ layout, cryptography });
  const names = [machine.name, machine.address, layout.listen?.local ?? machine.address, 'localhost'];
  return {
    curve,
    renewInLast,
    authorities: authorities.filter(({ name }) => name === 'etcd/ca'),
    leaves: [
      leaf('etcd/server', 'etcd/ca', 'etcd', ['server'], { names }),
      leaf('etcd/peer', 'etcd/ca', 'etcd-peer', ['server', 'client'], { names: [...names, ETCD_PEER_NAME] }),
    ],
    signingKeys: [],
    kubeconfigs: [],
  };
}

/** The unit of etcd on a machine of its own: a user without rights, and nothing to write to but its data. Source: NET-3. */
export function etcdUnit(etcd: Etcd, dataDir: string): NodeFile {
  const lines = [
    '# Written by keelson; do not edit.',
    '[Unit]',
    'Description=etcd: what the API server stores',
    'Wants=network-online.target',
    'Requires=keelson-firewall.service',
    'After=network-online.target keelson-firewall.service',
    '',
    '[Service]',
    'Type=notify',
    `User=${ETCD_USER.name}`,
    ...Object.entries(etcd.environment).map(([name, value]) => `Environment=${name}=${value}`),
    `ExecStart=etcd ${commandLine(etcd.settings).join(' ')}`,
    'Restart=always',
    'RestartSec=5',
    'LimitNOFILE=65536',
    'UMask=0077',
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=',
    'ProtectSystem=strict',
    `ReadWritePaths=${dataDir}`,
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectControlGroups=yes',
    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6',
    'RestrictNamespaces=yes',
    'RestrictSUIDSGID=yes',
    'LockPersonality=yes',
    'MemoryDenyWriteExecute=yes',
    'SystemCallArchitectures=native',
    'SystemCallFilter=@system-service',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ];
  return {
    kind: 'file',
    path: '/etc/systemd/system/etcd.service',
    owner: 'root',
    group: 'root',
    mode: 0o600,
    recommendation: 'NET-3',
    content: lines.join('\n'),
  };
}
