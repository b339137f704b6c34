import { KeelsonError, type Problem } from '../../model';
import type { EncryptionKey } from './encryption-key';

/**
 * The phases of a rotation, in their order. Each leaves a cluster in which every value can be read, by every API server that has the
 * keys of this phase or of the one before:
 *
 * - `add`: the new key is there, second: every API server can read what it writes, and none writes with it.
 * - `promote`: the new key is first, and writes; the old ones read.
 * - `rewrite`: every object is written again, so that nothing is under an old key. The keys are those of `promote`.
 * - `drop`: the old keys are gone.
 */
export const ROTATION_PHASES = ['add', 'promote', 'rewrite', 'drop'] as const;

/** A phase of a rotation. */
export type RotationPhase = (typeof ROTATION_PHASES)[number];

/** A rotation on its way: what there was, what there will be, and how far it is. */
export interface KeyRotation {
  /** The keys as they were, the one that wrote first. */
  readonly before: readonly EncryptionKey[];
  /** The key that takes over; of the same method or another one. */
  readonly next: EncryptionKey;
  /** The phase that is reached, or under way. */
  readonly phase: RotationPhase;
}

/**
 * Begins a rotation: its first phase is `add`.
 *
 * @throws KeelsonError `construct/invalid` where a key has the name of the new one: a name stays with its key for good
 */
export function beginRotation(before: readonly EncryptionKey[], next: EncryptionKey): KeyRotation {
  if (before.length === 0)
    throw new KeelsonError(invalid('There is no key to rotate.', 'Give the keys as they are.'));
  if (before.some(({ name }) => name === next.name))
    throw new KeelsonError(
      invalid(`A key named '${next.name}' is there already.`, 'Give the new key a name of its own.'),
    );
  return { before, next, phase: 'add' };
}

/** The keys of a phase, in their order. */
export function rotationKeys({ before, next, phase }: KeyRotation): readonly EncryptionKey[] {
  switch (phase) {
    case 'add':
      return [before[0]!, next, ...before.slice(1)];
    case 'promote':
    case 'rewrite':
      return [next, ...before];
    case 'drop':
      return [next];
  }
}

/**
 * The rotation in its next phase; undefined after the last one. There is no way to skip one: the only way to `drop` leads through
 * `rewrite`.
 */
export function nextPhase(rotation: KeyRotation): KeyRotation | undefined {
  const phase = ROTATION_PHASES[ROTATION_PHASES.indexOf(rotation.phase) + 1];
  return phase === undefined ? undefined : { ...rotation, phase };
}

function invalid(message: string, fix: string): Problem {
  return { code: 'construct/invalid', where: 'encryption at rest, rotation', message, fix };
}
