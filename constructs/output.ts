/**
 * Values that only a deployment knows. constructs/ knows no Pulumi: an `Output` is recognised by its shape, and travels
 * through a construct untouched where the construct only passes it on.
 */

/** The shape of a Pulumi `Output<T>`. */
export interface OutputLike<T> {
  /** Follows the value; Pulumi's own method. */
  apply<U>(transform: (value: T) => U): unknown;
  /** Pulumi's own method; throws during deployment. */
  get(): T;
  /** Whether the value is secret; each `Output` of Pulumi has it, though its types do not name it. */
  readonly isSecret?: Promise<boolean>;
}

/** A value that a construct only passes on: known now, or known to Pulumi at deployment. */
export type PassedOn<T> = T | OutputLike<T>;

/** Whether a value is a Pulumi `Output`. */
export function isOutput(value: unknown): value is OutputLike<unknown> {
  return (
    value !== null &&
    typeof value === 'object' &&
    (value as { readonly __pulumiOutput?: unknown }).__pulumiOutput === true
  );
}
