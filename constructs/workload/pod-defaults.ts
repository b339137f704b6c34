import type { k8s } from '../cdk8s-plus';

/**
 * The hardened settings of a pod, filled in where nothing was said. A setting that somebody did make is left as it is,
 * for the policies to judge: what is written is what is checked.
 *
 * Sources: POD-1 (non-root), POD-2 (read-only root), POD-4 (not privileged), POD-6 (no escalation, no capabilities),
 * POD-7 (seccomp); CIS 5.1.6, 5.2.2 to 5.2.10, 5.6.2, 5.6.3.
 */
export function hardenPodSpec(pod: k8s.PodSpec): k8s.PodSpec {
  return {
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    ...pod,
    securityContext: {
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      ...pod.securityContext,
    },
    containers: pod.containers.map(hardenContainer),
    ...(pod.initContainers === undefined ? {} : { initContainers: pod.initContainers.map(hardenContainer) }),
  };
}

/** A container that fills the node's disk evicts its neighbours: what it may write to logs and emptyDirs is bounded. */
const EPHEMERAL_REQUEST = { 'ephemeral-storage': '64Mi' as never };
const EPHEMERAL_LIMIT = { 'ephemeral-storage': '1Gi' as never };

/** The hardened settings of one container, filled in where nothing was said. */
function hardenContainer(container: k8s.Container): k8s.Container {
  const resources = container.resources;
  return {
    ...container,
    resources: {
      ...resources,
      requests: { ...EPHEMERAL_REQUEST, ...resources?.requests },
      limits: { ...EPHEMERAL_LIMIT, ...resources?.limits },
    },
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
