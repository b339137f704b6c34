/** Names that keelson writes into clusters, in one place. */

/** Prefix of every label and annotation that keelson sets. */
export const KEELSON_PREFIX = 'keelson.dev';

/** Label on every pod of a workload, by which network policies select it. */
export const WORKLOAD_LABEL = `${KEELSON_PREFIX}/workload`;

/** Annotation on a Secret that lists the keys whose values the deployment supplies. */
export const PROVIDED_KEYS_ANNOTATION = `${KEELSON_PREFIX}/provided-keys`;

/** Annotation on pods that names the version of each Secret they use, so that another value makes new pods. */
export const SECRET_VERSIONS_ANNOTATION = `${KEELSON_PREFIX}/secret-versions`;

/** Label that Kubernetes itself puts on each namespace, holding its name. */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name';
