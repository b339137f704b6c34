import { STANDARD_PORTS, type ControlPlaneLayout } from '../control-plane/layout';
import type { Machine } from './machine';

/** Folder of what keelson puts on a node besides what kubeadm makes: configuration of the API server, kubeadm's own and its patches. */
export const KEELSON_FOLDER = '/etc/kubernetes/keelson';

/** Folder of the patches that kubeadm applies to static pods. */
export const PATCHES_FOLDER = `${KEELSON_FOLDER}/patches`;

/** The file that kubeadm is started with. */
export const KUBEADM_FILE = `${KEELSON_FOLDER}/kubeadm.yaml`;

/** The machines and their addresses, for `keelson approve-serving-certificates`: what a kubelet may serve as. */
export const MACHINES_FILE = `${KEELSON_FOLDER}/machines.json`;

/** Port on which etcd tells its health to the kubelet beside it, on loopback. Source: kubeadm. */
export const ETCD_METRICS_PORT = 2381;

/**
 * Where the control plane of a machine lives: kubeadm's folders, the API server on every address (the firewall says who
 * reaches it), all else on loopback.
 */
export function nodeLayout({ address }: Machine): ControlPlaneLayout {
  const isIpv6 = address.includes(':');
  return {
    host: address,
    listen: isIpv6 ? { apiServer: '::', local: '::1' } : { apiServer: '0.0.0.0', local: '127.0.0.1' },
    ports: STANDARD_PORTS,
    certificates: '/etc/kubernetes/pki',
    configuration: KEELSON_FOLDER,
    kubeconfigs: '/etc/kubernetes',
    etcdData: '/var/lib/etcd',
    logs: '/var/log/kubernetes',
  };
}
