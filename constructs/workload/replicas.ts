import { isOutput } from '../output';
import type { OptionsCheck } from './hardened-workload';

/** Demands a number of pods that is one, and known at synth. */
export function requireReplicas(replicas: number | undefined): OptionsCheck {
  return (check) =>
    check.require(
      replicas === undefined || (Number.isInteger(replicas) && replicas >= 0),
      'replicas',
      `${isOutput(replicas) ? 'An Output' : replicas} is not a number of pods.`,
      'Use a whole number known at synth.',
    );
}
