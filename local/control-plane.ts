import { resolve } from 'node:path';
import { auditLogFile, certificateFile, keyFile, kubeconfigFile } from '../constructs/control-plane';
import type { ComponentName, ControlPlanePorts, CryptographyName } from '../constructs/control-plane';
import { readIfThere } from '../pki';
import { answers, type TlsIdentity } from './health';
import { LOOPBACK, localLayout, logFile } from './layout';
import { isRunning } from './process';
import { readState, type LocalState } from './state';

/** Executables of the components, as paths. */
export type LocalTools = Readonly<Record<ComponentName, string>>;

/** One process of a local control plane. */
export interface LocalProcess {
  readonly name: ComponentName;
  readonly pid: number;
  /** The port that its clients use. */
  readonly port: number;
  /** What it writes to its standard output and error; mode 0600. */
  readonly logFile: string;
}

/** How to reach etcd as the API server does. For probes that read raw values. */
export interface LocalEtcd {
  /** URL of the client port. It speaks gRPC and, at `/health` and `/metrics`, HTTP; the JSON gateway is off. */
  readonly endpoint: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** A local control plane that runs. */
export interface LocalControlPlane {
  /** Which algorithms it uses. */
  readonly cryptography: CryptographyName;
  /** Absolute path of its state folder. */
  readonly stateDir: string;
  /** Path of the administrator's kubeconfig; mode 0600. */
  readonly kubeconfig: string;
  /** URL of the API server. */
  readonly endpoint: string;
  /** Path of the cluster CA's certificate. */
  readonly caFile: string;
  /** Path of the audit log; mode 0600. */
  readonly auditLog: string;
  readonly etcd: LocalEtcd;
  /** In the order they start. */
  readonly processes: readonly LocalProcess[];
  /** Every port that is listened on, all on 127.0.0.1. */
  readonly ports: ControlPlanePorts;
}

/** The port on which a component's clients find it. */
export function servingPort(name: ComponentName, ports: ControlPlanePorts): number {
  switch (name) {
    case 'etcd':
      return ports.etcdClient;
    case 'kube-apiserver':
      return ports.apiServer;
    case 'kube-controller-manager':
      return ports.controllerManager;
    case 'kube-scheduler':
      return ports.scheduler;
  }
}

/** The path on which a component tells that it is ready. */
export function healthPath(name: ComponentName): string {
  return { etcd: '/health', 'kube-apiserver': '/readyz' }[name as string] ?? '/healthz';
}

/** A state as the public description of what runs. */
export function describeControlPlane(
  stateDir: string,
  { cryptography = 'modern', ports, processes }: LocalState,
): LocalControlPlane {
  const layout = localLayout(stateDir, ports);
  return {
    cryptography,
    stateDir,
    kubeconfig: kubeconfigFile(layout, 'admin'),
    endpoint: `https://${LOOPBACK}:${ports.apiServer}`,
    caFile: certificateFile(layout, 'ca'),
    auditLog: auditLogFile(layout),
    etcd: {
      endpoint: `https://${LOOPBACK}:${ports.etcdClient}`,
      caFile: certificateFile(layout, 'etcd/ca'),
      certFile: certificateFile(layout, 'apiserver-etcd-client'),
      keyFile: keyFile(layout, 'apiserver-etcd-client'),
    },
    processes: processes.map(({ name, pid }) => ({
      name,
      pid,
      port: servingPort(name, ports),
      logFile: logFile(stateDir, name),
    })),
    ports,
  };
}

/** The state's control plane if all its processes run and answer; undefined otherwise. */
export async function healthyControlPlane(folder: string): Promise<LocalControlPlane | undefined> {
  const stateDir = resolve(folder);
  const state = await readState(stateDir);
  if (state === undefined || state.processes.length < 4 || !state.processes.every(isRunning))
    return undefined;
  const found = describeControlPlane(stateDir, state);
  const [clusterCa, etcdCa, certificate, privateKey] = await Promise.all(
    [found.caFile, found.etcd.caFile, found.etcd.certFile, found.etcd.keyFile].map(readIfThere),
  );
  if (clusterCa === undefined || etcdCa === undefined) return undefined;
  const etcdIdentity: TlsIdentity = { ca: etcdCa, certificate, privateKey };
  const healthy = await Promise.all(
    found.processes.map(({ name, port }) =>
      answers(port, healthPath(name), name === 'etcd' ? etcdIdentity : { ca: clusterCa }),
    ),
  );
  return healthy.every(Boolean) ? found : undefined;
}
