import type { Manifest } from '../../constructs';
import type { Elements } from '../elements';
import { CelError, UNKNOWN } from './cel/fault';
import { isList, type Value } from './cel/value';
import { decodeObject } from './decode';
import type { Program } from './expression';
import { at, type Path } from './paths';

/** What an expression is evaluated over: an object, and the one of its elements that is judged. */
export interface Scope {
  readonly judged: Judged;
  readonly element: Value;
}

/** One part of an object that is judged on its own. */
export interface Element {
  readonly path: Path;
  readonly value: Value;
}

const EVALUATING = new CelError('a variable that depends on itself');

/** An object while it is judged: decoded once, and each variable evaluated at most once, for all controls. */
export class Judged {
  public readonly object: Value;
  readonly #values: (Value | undefined)[] = [];
  /** By where they are looked for, and then by what they are. */
  readonly #elements = new Map<Path, Map<Elements, readonly Element[]>>();
  readonly #scope: Scope = { judged: this, element: null };
  #companions: Value | undefined;

  public constructor(
    manifest: Manifest,
    private readonly variables: readonly Program<Scope>[],
    /** The objects that `variables.companions` holds. */
    public readonly companionManifests: readonly Manifest[],
  ) {
    this.object = decodeObject(manifest).value;
  }

  /** The scope of an expression over the object as a whole. */
  public get scope(): Scope {
    return this.#scope;
  }

  /** The other objects that the expressions see. */
  public get companions(): Value {
    return (this.#companions ??= this.companionManifests.map((manifest) => decodeObject(manifest).value));
  }

  /** The value of a variable. */
  public variable(slot: number): Value {
    const known = this.#values[slot];
    if (known !== undefined) return known;
    this.#values[slot] = EVALUATING;
    return (this.#values[slot] = this.variables[slot]!(this.#scope));
  }

  /** The elements below a path, in the order in which they are written; the same path object finds them again. */
  public elements(base: Path, elements: Elements): readonly Element[] {
    const below = this.#elements.get(base) ?? new Map<Elements, readonly Element[]>();
    const known = below.get(elements);
    if (known !== undefined) return known;
    const found = elements.lists.flatMap((list) => this.#elementsOf([...base, list]));
    this.#elements.set(base, below.set(elements, found));
    return found;
  }

  #elementsOf(path: Path): readonly Element[] {
    for (let length = 1; length <= path.length; length += 1) {
      const value = at(this.object, path.slice(0, length)) as Value | undefined;
      if (value === undefined) return [];
      if (value === UNKNOWN) return [{ path, value }];
    }
    const list = at(this.object, path) as Value;
    // What is not a list cannot be judged one by one, nor can a null, which is what the API server makes of a required
    // list that is absent: it breaks the validation as it stands.
    if (!isList(list)) return [{ path, value: new CelError('no list') }];
    return list.map((value, index) => ({ path: [...path, index], value }));
  }
}
