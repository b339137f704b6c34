import type { RecommendationId } from '../../model';
import type { NodeEntry, NodePath } from './file-tree';
import type { NodeRole } from './firewall';
import { NODE_PATHS } from './node-paths';

/** A user of the system that a node needs, without a password, a shell or a home. */
export interface NodeUser {
  /** Name of the user and of its group. */
  readonly name: string;
  /** What it is for. */
  readonly purpose: string;
}

/** The user that the data of etcd belongs to. Source: CIS 1.1.12. */
export const ETCD_USER: NodeUser = { name: 'etcd', purpose: 'data of etcd' };

/** Options of {@link accessEntries}. */
export interface AccessOptions {
  /** What the node is. */
  readonly role: NodeRole;
  /** Whether etcd runs on the node. */
  readonly etcd: boolean;
}

function folder(
  path: string,
  mode: number,
  recommendation?: RecommendationId,
  ...cis: readonly string[]
): NodeEntry {
  return { kind: 'folder', path, owner: 'root', group: 'root', mode, ...reason(recommendation, cis) };
}

function path(
  name: string,
  mode: number,
  recommendation?: RecommendationId,
  ...cis: readonly string[]
): NodeEntry {
  return { kind: 'path', path: name, owner: 'root', group: 'root', mode, ...reason(recommendation, cis) };
}

function reason(
  recommendation: RecommendationId | undefined,
  cis: readonly string[],
): Pick<NodePath, 'recommendation' | 'cis'> {
  return {
    ...(recommendation === undefined ? {} : { recommendation }),
    ...(cis.length === 0 ? {} : { cis }),
  };
}

/**
 * Owners and modes of what kubeadm, the kubelet, etcd and network plugins write. Each is 0600 for files and 0700 for folders
 * but where somebody else has to read; what is stricter than the benchmark asks for is so for certificates. Source: CIS 1.1, 4.1.
 */
export function accessEntries({ role, etcd }: AccessOptions): readonly NodeEntry[] {
  // A host of etcd has its certificates beside its unit, in a folder of its user's.
  if (role === 'etcd') return [ETCD_DATA];
  return [
    folder(NODE_PATHS.kubernetes, 0o700, 'NET-6'),
    folder(NODE_PATHS.pki, 0o700, 'NET-4', '1.1.19'),
    ...(etcd ? etcdEntries() : []),
    ...(role === 'control-plane' ? controlPlaneEntries(etcd) : []),
    ...kubeletEntries(),
    path(`${NODE_PATHS.pki}/*.crt`, 0o600, 'NET-4', '1.1.20', '4.1.7', '4.1.8'),
    path(`${NODE_PATHS.pki}/*.key`, 0o600, 'NET-4', '1.1.21'),
    path(`${NODE_PATHS.pki}/*.pub`, 0o600, 'NET-4', '1.1.19'),
  ];
}

/** In its static pod etcd runs as root, which may write here whoever it belongs to; on a host of its own it is this user. */
const ETCD_DATA: NodeEntry = {
  kind: 'folder',
  path: NODE_PATHS.etcdData,
  owner: ETCD_USER.name,
  group: ETCD_USER.name,
  mode: 0o700,
  recommendation: 'NET-3',
  cis: ['1.1.11', '1.1.12'],
};

function etcdEntries(): readonly NodeEntry[] {
  return [
    ETCD_DATA,
    folder(`${NODE_PATHS.pki}/etcd`, 0o700, 'NET-3', '1.1.19'),
    path(`${NODE_PATHS.pki}/etcd/*.crt`, 0o600, 'NET-3', '1.1.20'),
    path(`${NODE_PATHS.pki}/etcd/*.key`, 0o600, 'NET-3', '1.1.21'),
  ];
}

function controlPlaneEntries(etcd: boolean): readonly NodeEntry[] {
  const manifest = (name: string, ...cis: readonly string[]): NodeEntry =>
    path(`${NODE_PATHS.manifests}/${name}.yaml`, 0o600, 'NET-2', ...cis);
  const kubeconfig = (name: string, ...cis: readonly string[]): NodeEntry =>
    path(`${NODE_PATHS.kubernetes}/${name}.conf`, 0o600, 'NET-6', ...cis);
  return [
    manifest('kube-apiserver', '1.1.1', '1.1.2'),
    manifest('kube-controller-manager', '1.1.3', '1.1.4'),
    manifest('kube-scheduler', '1.1.5', '1.1.6'),
    ...(etcd ? [manifest('etcd', '1.1.7', '1.1.8')] : []),
    kubeconfig('admin', '1.1.13', '1.1.14'),
    kubeconfig('super-admin', '1.1.13', '1.1.14'),
    kubeconfig('scheduler', '1.1.15', '1.1.16'),
    kubeconfig('controller-manager', '1.1.17', '1.1.18'),
  ];
}

function kubeletEntries(): readonly NodeEntry[] {
  return [
    folder(NODE_PATHS.manifests, 0o700, 'NET-2'),
    folder(NODE_PATHS.kubeletState, 0o750, 'NET-6'),
    folder(`${NODE_PATHS.kubeletState}/pki`, 0o700, 'NET-4'),
    folder(NODE_PATHS.volumePlugins, 0o700, 'UPG-3'),
    folder(NODE_PATHS.kubeletDropins, 0o700, 'AUTH-3'),
    folder(NODE_PATHS.cniConfiguration, 0o700, 'NET-5', '1.1.9', '1.1.10'),
    path(`${NODE_PATHS.cniConfiguration}/*`, 0o600, 'NET-5', '1.1.9', '1.1.10'),
    path(`${NODE_PATHS.cniState}/networks/*/*`, 0o600, 'NET-5', '1.1.9', '1.1.10'),
    path(NODE_PATHS.kubeProxyKubeconfig, 0o600, 'NET-6', '4.1.3', '4.1.4'),
    path(NODE_PATHS.kubeletKubeconfig, 0o600, 'NET-6', '4.1.5', '4.1.6'),
    path(NODE_PATHS.kubeletBootstrapKubeconfig, 0o600, 'NET-6', '4.1.5', '4.1.6'),
    path(NODE_PATHS.kubeletConfig, 0o600, 'AUTH-1', '4.1.9', '4.1.10'),
    // What kubeadm keeps of the one node: the socket of the runtime, and flags, which have the last word over every file.
    path(`${NODE_PATHS.kubeletState}/instance-config.yaml`, 0o600, 'AUTH-1', '4.1.9', '4.1.10'),
    path(`${NODE_PATHS.kubeletState}/kubeadm-flags.env`, 0o600, 'AUTH-1', '4.1.9', '4.1.10'),
  ];
}
