import type { Control } from '../policies/control';
import { controlAt } from '../policies/editions';
import type { CheckOptions } from './check-options';

/**
 * The controls that a check uses: those of its profile, as they were in its version of Kubernetes, narrowed to the ids
 * that it names. A control that demanded nothing yet in that version is left out.
 */
export function selectControls(
  all: readonly Control[],
  { profile, version, controls }: Pick<CheckOptions, 'profile' | 'version' | 'controls'>,
): readonly Control[] {
  return all
    .filter(({ mappings: { pss } }) => {
      if (profile === 'all') return true;
      return pss !== undefined && (profile === 'pss-restricted' || pss.level === 'baseline');
    })
    .filter(({ id }) => controls.length === 0 || controls.includes(id))
    .map((control) => controlAt(control, version))
    .filter(({ validations }) => validations.length > 0);
}
