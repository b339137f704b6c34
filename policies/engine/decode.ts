import type { Manifest } from '../../constructs';
import { CelError } from './cel/fault';
import type { Value } from './cel/value';
import { genericValue, MAX_DEPTH } from './generic';

/** Something about an object for which the API server refuses it, whatever the policies say. */
export interface DecodeProblem {
  /** The field, for example `spec.hostNetwork`. */
  readonly path: string;
  readonly message: string;
}

/** An object as admission sees it. */
export interface Decoded {
  /** What expressions compute with. What cannot be decoded is an error in its place. */
  readonly value: Value;
  readonly problems: readonly DecodeProblem[];
}

const decoded = new WeakMap<Manifest, Decoded>();

/** Decodes an object, once: it is not to be changed afterwards. */
export function decodeObject(manifest: Manifest): Decoded {
  const known = decoded.get(manifest);
  if (known !== undefined) return known;
  const made = decode(manifest);
  decoded.set(manifest, made);
  return made;
}

function decode(manifest: Manifest): Decoded {
  try {
    return { value: genericValue(manifest), problems: [] };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `It is nested deeper than ${MAX_DEPTH} levels.`;
    return { value: new CelError(message), problems: [{ path: '', message }] };
  }
}
