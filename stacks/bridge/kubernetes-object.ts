import * as pulumi from '@pulumi/pulumi';
import type { Manifest } from '../../constructs';

/** The Pulumi type of a Kubernetes object, for example `kubernetes:apps/v1:Deployment`. */
export function pulumiType(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): string {
  const groupVersion = manifest.apiVersion.includes('/')
    ? manifest.apiVersion
    : `core/${manifest.apiVersion}`;
  return `kubernetes:${groupVersion}:${manifest.kind}`;
}

/** One Kubernetes object under Pulumi's Kubernetes provider, whatever its kind. */
export class KubernetesObject extends pulumi.CustomResource {
  /** The object's metadata, as the cluster has it. */
  declare public readonly metadata: pulumi.Output<
    Manifest['metadata'] & { readonly resourceVersion?: string }
  >;
}
