/** The Kubernetes releases that keelson targets, and what is pinned to them. */

/** The minor releases that can be targeted: those that are supported upstream, oldest first. */
export const SUPPORTED_KUBERNETES = ['1.35', '1.36', '1.37'] as const;

/** A minor release, for example `1.37`. */
export type KubernetesMinor = (typeof SUPPORTED_KUBERNETES)[number];

/** The minor release that manifests are written for and Pod Security labels are pinned to, unless a posture names another. */
export const TARGET_KUBERNETES: KubernetesMinor = '1.37';
