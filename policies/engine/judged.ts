import type { Manifest } from '../../constructs';
import type { Elements } from '../elements';
import { CelError, UNKNOWN } from './cel/fault';
import { isList, type Value } from './cel/value';
import { decodeObject } from './decode';
import type { Program } from './cel/compile';
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
  /** Set where it stands for a whole list of which the elements cannot be told; the value is the fault. */
  readonly isList?: true;
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
    /** What is judged. */
    public readonly manifest: Manifest,
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
    const found =
      at(this.object, base) === undefined
        ? [this.#unreachable(base, elements)]
        : elements.lists.flatMap((list) => this.#elementsOf([...base, list]));
    this.#elements.set(base, below.set(elements, found));
    return found;
  }

  /** Where there is no pod, or nobody knows it yet, nothing can be said of its parts. */
  #unreachable(base: Path, { lists }: Elements): Element {
    const unknown = base.some((_, length) => at(this.object, base.slice(0, length + 1)) === UNKNOWN);
    return {
      path: [...base, lists[0]!],
      value: unknown ? UNKNOWN : new CelError('no such key'),
      isList: true,
    };
  }

  #elementsOf(path: Path): readonly Element[] {
    const list = at(this.object, path) as Value | undefined;
    // A null is what the API server makes of a required list that is absent.
    if (list === undefined || list === null) return [];
    // What is not a list cannot be judged one by one: it breaks the validation as it stands.
    if (!isList(list))
      return [{ path, value: list === UNKNOWN ? UNKNOWN : new CelError('no list'), isList: true }];
    return list.map((value, index) => ({ path: [...path, index], value }));
  }
}
