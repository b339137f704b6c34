import type { ClusterNetworkPlugin, Manifest } from '../../constructs';
import { parseImageReference, type Problem } from '../../model';
import { inContainers, within, type Remedy } from '../controls/remedies';
import type { CheckedObject } from '../enforce/check';
import { at } from '../engine/paths';
import { podKindOf, type Example } from '../subjects';

/** Objects whose images have digests, and what is wrong with the others. */
export interface PinnedImages {
  readonly objects: readonly CheckedObject[];
  readonly problems: readonly Problem[];
}

/** Gives each image of the objects the digest that the plugin names for it. An image without any is refused. */
export function pinImages(
  { name, images }: ClusterNetworkPlugin,
  objects: readonly CheckedObject[],
): PinnedImages {
  const problems: Problem[] = [];
  const used = new Set<string>();
  const pinned =
    ({ manifest: { kind, metadata }, source }: CheckedObject): Remedy =>
    (container) => {
      const image = typeof container.image === 'string' ? container.image : '';
      if (parseImageReference(image)?.digest !== undefined) return container;
      if (Object.hasOwn(images, image)) {
        used.add(image);
        return { ...container, image: `${image}@${images[image]}` };
      }
      problems.push({
        code: 'network-plugin/unfit',
        where: source,
        message: `${kind} ${metadata.name}: the container ${String(container.name)} runs "${image}", which has no digest.`,
        fix: `Name it in \`images\`: { '${image}': 'sha256:…' }.`,
      });
      return container;
    };
  const result = objects.map((object) => {
    const { manifest } = object;
    const pod = podKindOf(manifest)?.pod;
    if (pod === undefined || !isObject(at(manifest, [...pod, 'spec']))) return object;
    const change = [...pod, 'spec'].reduceRight<Remedy>(
      (inner, field) => within(field, inner),
      inContainers(pinned(object)),
    );
    return { ...object, manifest: change(manifest as Example) as Manifest };
  });
  for (const image of Object.keys(images).filter((one) => !used.has(one)))
    problems.push({
      code: 'network-plugin/unfit',
      where: `network plugin ${name}: images["${image}"]`,
      message: 'No container of the manifests runs an image of that name.',
      fix: 'Write the name as it stands in the manifests, or leave it out.',
    });
  return { objects: result, problems };
}

function isObject(value: unknown): boolean {
  return value !== null && typeof value === 'object';
}
