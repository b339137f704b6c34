import type { Problem } from '../../model';

/** The ports of a control plane, as numbers from 1 to 65535. */
export interface ControlPlanePorts {
  readonly apiServer: number;
  readonly etcdClient: number;
  readonly etcdPeer: number;
  readonly controllerManager: number;
  readonly scheduler: number;
}

/** The ports that the guidance names and kubeadm uses. Source: ARCH-1. */
export const STANDARD_PORTS: ControlPlanePorts = {
  apiServer: 6443,
  etcdClient: 2379,
  etcdPeer: 2380,
  controllerManager: 10257,
  scheduler: 10259,
};

/** Addresses of Services where nothing else is said, as a CIDR. */
export const DEFAULT_SERVICE_RANGE = '10.96.0.0/16';

/** Where a control plane lives: the one thing that differs between local processes and a node. */
export interface ControlPlaneLayout {
  /** Address at which the API server and etcd are reached from other machines. */
  readonly host: string;
  /**
   * Where components listen, where that is not `host`.
   * @default - every component binds to `host`
   */
  readonly listen?: {
    /** Address that the API server binds to, for example `0.0.0.0`: the firewall says who reaches it. */
    readonly apiServer: string;
    /** Loopback address of what only this machine asks: controller manager, scheduler, and etcd for the API server beside it. */
    readonly local: string;
  };
  readonly ports: ControlPlanePorts;
  /** Folder of certificates and keys, for example `/etc/kubernetes/pki`. */
  readonly certificates: string;
  /** Folder of the API server's configuration files. */
  readonly configuration: string;
  /** Folder of the kubeconfig files, for example `/etc/kubernetes`. */
  readonly kubeconfigs: string;
  /** Data folder of etcd; mode 0700. Source: CIS 1.1.11. */
  readonly etcdData: string;
  /** Folder of the audit log. */
  readonly logs: string;
}

/** The address at which this machine reaches its own components. */
export function localAddress({ host, listen }: ControlPlaneLayout): string {
  return listen?.local ?? host;
}

/** An address as it stands in a URL. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** Path of a certificate, for example `certificateFile(layout, 'etcd/server')`. */
export function certificateFile(layout: ControlPlaneLayout, name: string): string {
  return `${layout.certificates}/${name}.crt`;
}

/** Path of a private key. */
export function keyFile(layout: ControlPlaneLayout, name: string): string {
  return `${layout.certificates}/${name}.key`;
}

/** Path of a public key that has no certificate. */
export function publicKeyFile(layout: ControlPlaneLayout, name: string): string {
  return `${layout.certificates}/${name}.pub`;
}

/** Path of a kubeconfig, for example `kubeconfigFile(layout, 'scheduler')`. */
export function kubeconfigFile(layout: ControlPlaneLayout, name: string): string {
  return `${layout.kubeconfigs}/${name}.conf`;
}

/** Path of the audit log. */
export function auditLogFile(layout: ControlPlaneLayout): string {
  return `${layout.logs}/audit.log`;
}

/** Everything that is wrong with a layout: folders that are not absolute, ports out of range or used twice. */
export function layoutProblems(layout: ControlPlaneLayout): readonly Problem[] {
  const problems: Problem[] = [];
  const add = (where: string, message: string, fix: string): void => {
    problems.push({ code: 'construct/invalid', where: `control plane layout, ${where}`, message, fix });
  };
  for (const folder of ['certificates', 'configuration', 'kubeconfigs', 'etcdData', 'logs'] as const) {
    const path = layout[folder];
    if (!path.startsWith('/')) add(folder, `'${path}' is not an absolute path.`, 'Give an absolute path.');
  }
  const owners = new Map<number, string>();
  for (const [name, port] of Object.entries(layout.ports) as [string, number][]) {
    const other = owners.get(port);
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      add(`ports.${name}`, `${port} is not a port.`, 'Give a whole number from 1 to 65535.');
    } else if (other !== undefined) {
      add(`ports.${name}`, `Port ${port} is also that of ${other}.`, 'Give each listener its own port.');
    }
    owners.set(port, name);
  }
  return problems;
}
