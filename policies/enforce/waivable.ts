import type { WaivableControl } from '../../model';
import type { Control } from '../control';
import { NETWORK_CHECKS } from '../network-checks';
import { RELEASE_SUPPORTED } from '../release-supported';

/** What the check of waivers has to know of controls; the checks of a network, and of releases, are waived as they are. */
export function waivable(controls: readonly Control[]): readonly WaivableControl[] {
  return [
    ...controls.map(({ id, validations }) => ({
      id,
      judgesContainers: validations.some(({ forEach }) => forEach?.as === 'container'),
    })),
    ...[...NETWORK_CHECKS, RELEASE_SUPPORTED].map(({ id }) => ({ id, judgesContainers: false })),
  ];
}
