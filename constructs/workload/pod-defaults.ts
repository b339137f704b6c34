import type { PostureSettings } from '../../model';
import type { k8s } from '../cdk8s-plus';
import { withDefaultResources } from './resource-defaults';

/**
 * The hardened settings of a pod, filled in where nothing was said. A setting that somebody did make is left as it is,
 * for the policies to judge: what is written is what is checked.
 *
 * Sources: POD-1 (non-root), POD-2 (read-only root), POD-4 (not privileged), POD-6 (no escalation, no capabilities),
 * POD-7 (seccomp, AppArmor, SELinux); CIS 5.1.6, 5.2.2 to 5.2.10, 5.6.2, 5.6.3.
 */
export function hardenPodSpec(pod: k8s.PodSpec, posture: PostureSettings): k8s.PodSpec {
  const harden = (container: k8s.Container): k8s.Container => hardenContainer(container, posture);
  return {
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    ...(posture.userNamespaces ? { hostUsers: false } : {}),
    ...pod,
    securityContext: {
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      ...(posture.appArmor === 'node' ? {} : { appArmorProfile: { type: posture.appArmor } }),
      ...(Object.keys(posture.seLinux).length === 0 ? {} : { seLinuxOptions: posture.seLinux }),
      ...pod.securityContext,
    },
    containers: pod.containers.map(harden),
    ...(pod.initContainers === undefined ? {} : { initContainers: pod.initContainers.map(harden) }),
  };
}

/** The hardened settings of one container, filled in where nothing was said. */
function hardenContainer(container: k8s.Container, posture: PostureSettings): k8s.Container {
  return {
    ...container,
    resources: withDefaultResources(container.resources, posture.resources),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      ...container.securityContext,
    },
  };
}
