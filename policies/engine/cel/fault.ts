/** What an operation yields instead of a value; it is never true, and passes through every operation but `&&` and `||`. */
export abstract class Fault {
  public abstract readonly message: string;
}

/** An evaluation error, as a value. */
export class CelError extends Fault {
  public constructor(public override readonly message: string) {
    super();
  }
}

class Unknown extends Fault {
  public override readonly message = 'not known yet';

  /** Shown where somebody prints an object that holds it. */
  public override toString(): string {
    return '[unknown]';
  }
}

/**
 * A value that nobody knows yet, for example an output of Pulumi at preview. What depends on it is unknown itself; what
 * only stands beside it is not.
 */
export const UNKNOWN: Fault = new Unknown();

/** The error for operands of a type that an operation does not take. */
export function noOverload(operation: string): CelError {
  return new CelError(`no such overload: ${operation}`);
}

/** Of two faults the one that decides: as long as something is unknown, an error beside it may vanish. */
export function worse(a: Fault | undefined, b: Fault): Fault {
  return a === undefined || b === UNKNOWN ? b : a;
}
