import { flagKnownIn, type KubernetesMinor, type Problem } from '../../model';
import type { Component } from './component';

/**
 * The flags of a component that its release does not know: with one of them it would not start.
 *
 * @param release of the component
 */
export function unknownFlags(
  { name, settings }: Pick<Component<string>, 'name' | 'settings'>,
  release: KubernetesMinor,
): readonly Problem[] {
  return settings
    .filter((setting) => !flagKnownIn(name, setting.name).includes(release))
    .map((setting) => {
      const known = flagKnownIn(name, setting.name);
      return {
        code: 'construct/invalid',
        where: `${name} --${setting.name}`,
        message: `${name} of Kubernetes ${release} does not know this flag${known.length === 0 ? '' : `; ${known.join(', ')} do`}.`,
        fix:
          known.length === 0
            ? 'Leave out what sets it.'
            : 'Leave out what sets it, or choose another release.',
      };
    });
}
