import type { Grant } from './authorizer';
import type { Holder } from './holder';
import type { World } from './world';

/** One step from a holder to more. */
export interface Step {
  readonly to: Holder;
  /** The rights that make it, for a person. */
  readonly because: string;
}

/** A known way to get more rights than a role says. */
export interface Technique {
  /** Short name, for example `create-pods`. */
  readonly id: string;
  /** What is done, in half a sentence. */
  readonly title: string;
  /** Where it is described: ATT&CK technique, CIS item, or the part of Kubernetes that makes it so. */
  readonly source: string;
  /** Where it leads with these grants. */
  readonly steps: (grants: readonly Grant[], world: World) => readonly Step[];
}
