import type { k8s } from '../cdk8s-plus';
import type { Manifest } from './after-render';

interface PodHolder {
  readonly template?: { readonly spec?: k8s.PodSpec };
  readonly jobTemplate?: { readonly spec?: PodHolder };
}

/** The spec of the pod that a workload holds, wherever its kind keeps it; undefined where it is not there. */
export function podOf(workload: Manifest): Partial<k8s.PodSpec> | undefined {
  const spec = workload.spec as PodHolder | undefined;
  return spec?.template?.spec ?? spec?.jobTemplate?.spec?.template?.spec ?? (spec as Partial<k8s.PodSpec>);
}

/** The names of the Secrets whose values a workload's pods use, each once. */
export function secretsOf(workload: Manifest): readonly string[] {
  const pod = podOf(workload);
  const volumes = list(pod?.volumes).flatMap(({ secret, projected }) => [
    secret?.secretName,
    ...list(projected?.sources).map((source) => source.secret?.name),
  ]);
  const variables = [...list(pod?.containers), ...list(pod?.initContainers)].flatMap(({ env, envFrom }) => [
    ...list(env).map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
    ...list(envFrom).map(({ secretRef }) => secretRef?.name),
  ]);
  return [...new Set([...volumes, ...variables].filter((name) => name !== undefined))];
}

/** What somebody else wrote need not be a list. */
function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]).filter((item) => item != null) : [];
}
