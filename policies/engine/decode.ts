import type { Manifest } from '../../constructs';
import { CelError } from './cel/fault';
import type { Value } from './cel/value';
import { genericValue, MAX_DEPTH } from './generic';
import { decoderOf } from './schema/decoder';
import type { Progress } from './schema/scalars';

/** Something about an object for which the API server refuses it, whatever the policies say. */
export interface DecodeProblem {
  /** The field, for example `spec.hostNetwork`. */
  readonly path: string;
  /** What it is, and what it must be. */
  readonly message: string;
}

/** An object as admission sees it. */
export interface Decoded {
  /** What expressions compute with. What cannot be decoded is an error in its place, so what looks at it is not true. */
  readonly value: Value;
  readonly problems: readonly DecodeProblem[];
}

/**
 * Decodes an object as the API server does before admission: unknown fields, nulls and empty optional fields are gone,
 * quantities are canonical, and the defaults are filled in. Kinds that are not built in stay as they are written.
 *
 * Nothing remembers the result: who needs it twice keeps it (a WeakMap of many objects is a tenth of a check's time).
 */
export function decodeObject(manifest: Manifest): Decoded {
  const progress: Progress = { path: [], problems: [] };
  try {
    const decoder = decoderOf(manifest.apiVersion, manifest.kind);
    const value = decoder === undefined ? genericValue(manifest) : decoder.decode(manifest, progress);
    return { value, problems: progress.problems };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `It is nested deeper than ${MAX_DEPTH} levels.`;
    return { value: new CelError(message), problems: [{ path: '', message }] };
  }
}
