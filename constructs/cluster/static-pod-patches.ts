import type { NodeFile } from '../node/file-tree';
import { PATCHES_FOLDER } from './node-layout';

/** What a static pod's process keeps of root's capabilities, and why. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  // The file of the program carries this one; without it in reach, the kernel does not start the program.
  'kube-apiserver': ['NET_BIND_SERVICE'],
  'kube-controller-manager': [],
  'kube-scheduler': [],
  // Its data belongs to the user etcd (CIS 1.1.12) and its keys to root (CIS 1.1.19): it has to read both.
  etcd: ['DAC_OVERRIDE'],
};

/**
 * Patches of the static pods that kubeadm makes: no privilege escalation, a root file system that cannot be written, no
 * capability that is not needed; kubeadm itself gives each pod the seccomp profile of the runtime. They run as root, because what they
 * read belongs to root and nobody else may read it (CIS 1.1.19 to 1.1.21). Source: POD-2, POD-6.
 *
 * @param components names of the static pods, for example `kube-apiserver`
 */
export function staticPodPatches(components: readonly string[]): readonly NodeFile[] {
  return components.map((name) => ({
    kind: 'file',
    path: `${PATCHES_FOLDER}/${name}+strategic.yaml`,
    owner: 'root',
    group: 'root',
    mode: 0o600,
    recommendation: 'POD-6',
    content: {
      spec: {
        containers: [{ name, securityContext: staticPodSecurity(KEPT[name] ?? []) }],
      },
    },
  }));
}

/** The security context of a process of the control plane. */
export function staticPodSecurity(kept: readonly string[] = []): Readonly<Record<string, unknown>> {
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'], ...(kept.length === 0 ? {} : { add: kept }) },
  };
}
