/** The Kubernetes release that keelson targets, and what is pinned to it. */

/** A minor release, for example `1.37`. */
export type KubernetesMinor = `1.${number}`;

/** The minor release that manifests are written for and Pod Security labels are pinned to. */
export const TARGET_KUBERNETES: KubernetesMinor = '1.37';
