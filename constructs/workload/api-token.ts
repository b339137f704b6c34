import type { k8s } from '../cdk8s-plus';

/** Where clients of the API look for their token, its CA and the namespace. */
const TOKEN_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

const VOLUME = 'api-token';

/** How long a token lives, in seconds; the kubelet renews it before. */
const TOKEN_SECONDS = 3600;

/** As the API spells it: the types of cdk8s-plus say `downwardApi`, which only its own rendering turns into this. */
const NAMESPACE: object = {
  downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] },
};

/**
 * Gives all containers of a pod a token of their account: one that expires within the hour, in place of the one that lasts for
 * a year, and at the place where clients look for it.
 *
 * Source: AUTH-3; CIS 5.1.6.
 */
export function withApiToken(pod: k8s.PodSpec): k8s.PodSpec {
  const mount = { name: VOLUME, mountPath: TOKEN_FOLDER, readOnly: true };
  const mounted = (container: k8s.Container): k8s.Container => ({
    ...container,
    volumeMounts: [...(container.volumeMounts ?? []), mount],
  });
  const volume: k8s.Volume = {
    name: VOLUME,
    projected: {
      defaultMode: 0o440,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: TOKEN_SECONDS } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        NAMESPACE as k8s.VolumeProjection,
      ],
    },
  };
  return {
    ...pod,
    containers: pod.containers.map(mounted),
    volumes: [...(pod.volumes ?? []), volume],
  };
}
