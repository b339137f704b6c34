import type { Component } from '../control-plane/component';
import type { Setting } from '../control-plane/setting';

/** A flag as kubeadm takes it. */
export interface KubeadmArgument {
  readonly name: string;
  readonly value: string;
}

/** A path of the machine that a static pod sees. */
export interface KubeadmVolume {
  readonly name: string;
  readonly hostPath: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
  readonly pathType: 'Directory' | 'DirectoryOrCreate' | 'File' | 'Socket';
}

/**
 * Flags whose value differs from machine to machine: kubeadm gives each its own, and one document speaks for all of them.
 */
const OF_THE_MACHINE: Readonly<Record<string, readonly string[]>> = {
  'kube-apiserver': ['advertise-address', 'etcd-servers'],
  'kube-controller-manager': [],
  'kube-scheduler': [],
  etcd: [
    'name',
    'listen-client-urls',
    'advertise-client-urls',
    'listen-peer-urls',
    'initial-advertise-peer-urls',
    'initial-cluster',
  ],
};

/** The settings of a component that are the same on each machine, as kubeadm takes them. */
export function kubeadmArguments({ name, settings }: Component): readonly KubeadmArgument[] {
  const own = OF_THE_MACHINE[name] ?? [];
  return settings
    .filter((setting) => !own.includes(setting.name))
    .map((setting: Setting) => ({ name: setting.name, value: setting.value }));
}

/** The environment of a component as kubeadm takes it; absent where there is none. */
export function kubeadmEnvironment(environment: Readonly<Record<string, string>>): {
  readonly extraEnvs?: readonly KubeadmArgument[];
} {
  const extraEnvs = Object.entries(environment).map(([name, value]) => ({ name, value }));
  return extraEnvs.length === 0 ? {} : { extraEnvs };
}

/** A folder or file that a static pod may read, at the same path. */
export function readOnlyVolume(
  name: string,
  path: string,
  pathType: KubeadmVolume['pathType'] = 'Directory',
): KubeadmVolume {
  return { name, hostPath: path, mountPath: path, readOnly: true, pathType };
}
