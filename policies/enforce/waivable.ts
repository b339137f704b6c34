import type { WaivableControl } from '../../model';
import type { Control } from '../control';

/** What the check of waivers has to know of controls. */
export function waivable(controls: readonly Control[]): readonly WaivableControl[] {
  return controls.map(({ id, validations }) => ({
    id,
    judgesContainers: validations.some(({ forEach }) => forEach?.as === 'container'),
  }));
}
