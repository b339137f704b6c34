import type { Construct } from 'constructs';
import type { KubernetesMinor, PodSecurityLevel } from '../../model';
import { k8s } from '../cdk8s-plus';
import { afterRender } from '../render/after-render';
import { podSecurityLabels } from './pod-security-labels';

/** Adds a Namespace that enforces a level of Pod Security, or leaves it to the API server which. */
export function addLabelledNamespace(
  scope: Construct,
  name: string,
  enforce: PodSecurityLevel | undefined,
  kubernetes: KubernetesMinor,
): void {
  const namespace = new k8s.KubeNamespace(scope, 'Namespace', {
    metadata: { name, labels: podSecurityLabels(enforce, kubernetes) },
  });
  // A chart with a namespace of its own gives it to each object; a Namespace lives in none.
  afterRender(namespace, (manifest) => {
    const metadata = Object.entries(manifest.metadata).filter(([field]) => field !== 'namespace');
    return { ...manifest, metadata: Object.fromEntries(metadata) };
  });
}
