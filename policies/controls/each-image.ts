import type { Validation } from '../control';
import { CONTAINERS, VOLUMES } from '../elements';
import { valueOr } from './fields';

/**
 * What must hold of every image that a pod brings to its node: that of each container, and each that it mounts as a volume.
 *
 * @param holds makes CEL that is true where an image is right, from CEL for its name
 * @param what what is wrong with an image: the end of a sentence
 */
export function ofEachImage(holds: (image: string) => string, what: string): readonly Validation[] {
  return [
    {
      forEach: CONTAINERS,
      expression: holds(valueOr('container.image', '""')),
      path: 'image',
      message: `The image ${what}`,
    },
    {
      forEach: VOLUMES,
      expression: `!has(volume.image) || (${holds(valueOr('volume.image.reference', '""'))})`,
      path: 'image.reference',
      message: `The image of the volume ${what}`,
    },
  ];
}
