import { join } from 'node:path';
import type { ComponentName, ControlPlaneLayout, ControlPlanePorts } from '../constructs/control-plane';

/** The only address that the local control plane binds to. Source: NET-1. */
export const LOOPBACK = '127.0.0.1';

/** Everything that the local control plane keeps in its state folder; nothing else there is ever touched. */
export const OWNED = ['config', 'etcd', 'kubeconfig', 'log', 'pki', 'secrets', 'state.json'] as const;

/** Where the control plane of a state folder lives. */
export function localLayout(stateDir: string, ports: ControlPlanePorts): ControlPlaneLayout {
  return {
    host: LOOPBACK,
    ports,
    certificates: join(stateDir, 'pki'),
    configuration: join(stateDir, 'config'),
    kubeconfigs: join(stateDir, 'kubeconfig'),
    etcdData: join(stateDir, 'etcd'),
    logs: join(stateDir, 'log'),
  };
}

/** Path of the record of ports and processes. */
export function stateFile(stateDir: string): string {
  return join(stateDir, 'state.json');
}

/** Path of the keys for encryption at rest; mode 0600. */
export function encryptionKeysFile(stateDir: string): string {
  return join(stateDir, 'secrets', 'encryption-keys.json');
}

/** Path of what a component writes to its standard output and error. */
export function logFile(stateDir: string, component: ComponentName): string {
  return join(stateDir, 'log', `${component}.log`);
}
