import * as pulumi from '@pulumi/pulumi';
import type { Manifest, OutputLike, RenderedObject } from '../../constructs';

/** The values of a stack's Secrets: by `namespace/name`, then by key. */
export type SecretValues = Readonly<Record<string, Readonly<Record<string, pulumi.Input<string>>>>>;

/** The kinds whose readiness Pulumi's provider waits for. */
const AWAITED_KINDS = new Set([
  'DaemonSet',
  'Deployment',
  'Ingress',
  'Job',
  'PersistentVolumeClaim',
  'Pod',
  'ReplicaSet',
  'ReplicationController',
  'Service',
  'StatefulSet',
]);

/** The longest name of a field manager that the API server takes, in characters. */
const MAX_FIELD_MANAGER = 128;

/**
 * What Pulumi registers for an object: its manifest with each placeholder turned back into the `Output` it stands for.
 *
 * @param object the rendered object
 * @param waitForReady whether the provider waits until the object is ready
 * @param vetted resolves once it is known that no secret is among the outputs; nothing is passed on before
 */
export function resourceInputs(
  object: RenderedObject,
  waitForReady: boolean,
  vetted: Promise<void>,
): Record<string, unknown> {
  const manifest = withOutputs(object.manifest, object.outputs, vetted) as Manifest;
  const unawaited = !waitForReady && AWAITED_KINDS.has(manifest.kind);
  const annotations = {
    'pulumi.com/patchFieldManager': fieldManager(),
    ...manifest.metadata.annotations,
    ...(unawaited ? { 'pulumi.com/skipAwait': 'true' } : {}),
  };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

/**
 * Who owns the fields that this stack applies. The provider would draw a name for each object and keep it in the state: an
 * object that was created while the run broke off is not in the state, and the next run, under another name, would be
 * refused as in conflict with its predecessor.
 */
function fieldManager(): string {
  return `keelson:${pulumi.getProject()}:${pulumi.getStack()}`.slice(0, MAX_FIELD_MANAGER);
}

/** The data of a Secret whose values the deployment supplies, each secret to Pulumi. */
export function secretData(
  values: Readonly<Record<string, pulumi.Input<string>>>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      pulumi.secret(pulumi.output(value).apply((text) => Buffer.from(text).toString('base64'))),
    ]),
  );
}

function withOutputs(
  value: unknown,
  outputs: ReadonlyMap<string, OutputLike<unknown>>,
  vetted: Promise<void>,
): unknown {
  if (outputs.size === 0) return value;
  if (typeof value === 'string') return outputs.has(value) ? vetted.then(() => outputs.get(value)) : value;
  if (Array.isArray(value)) return value.map((item) => withOutputs(item, outputs, vetted));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withOutputs(inner, outputs, vetted)]),
  );
}
