import * as pulumi from '@pulumi/pulumi';
import type { RenderedObject } from '../../constructs';
import { SECRET_VERSIONS_ANNOTATION } from '../../constructs/names';
import { secretsOf } from '../../constructs/render/pod-of';
import { podKindOf } from '../../policies';
import type { KubernetesObject } from './kubernetes-object';

/**
 * Makes a workload roll when a Secret of the stack that its pods use gets another value: their template is marked with the
 * Secret's version, which the API server counts up. The version tells nothing of the value, as a digest would.
 *
 * @param inputs what is registered for the workload
 * @param resources what was registered before it
 * @returns the inputs, as they are where the object is no workload or uses no Secret of the stack
 */
export function withSecretVersions(
  object: RenderedObject,
  inputs: Record<string, unknown>,
  resources: ReadonlyMap<RenderedObject, KubernetesObject>,
): Record<string, unknown> {
  const pod = podKindOf(object.manifest)?.pod ?? [];
  if (pod.length === 0) return inputs;
  const used = secretsOf(object.manifest);
  const secrets = object.dependsOn.filter(
    ({ manifest: { kind, metadata } }) => kind === 'Secret' && used.includes(metadata.name ?? ''),
  );
  if (secrets.length === 0) return inputs;
  const versions = pulumi
    .all(secrets.map((secret) => resources.get(secret)!.metadata))
    .apply((all) =>
      all.map(({ name, resourceVersion }) => `${name}=${resourceVersion ?? 'unknown'}`).join(','),
    );
  return within(inputs, [...pod, 'metadata', 'annotations'], (annotations) => ({
    ...annotations,
    [SECRET_VERSIONS_ANNOTATION]: versions,
  }));
}

/** A copy in which the object at a path is changed. */
function within(
  value: Record<string, unknown>,
  [field, ...rest]: readonly string[],
  change: (inner: Record<string, unknown>) => Record<string, unknown>,
): Record<string, unknown> {
  if (field === undefined) return change(value);
  const inner = (value[field] ?? {}) as Record<string, unknown>;
  return { ...value, [field]: within(inner, rest, change) };
}
