import type { Value } from '../value';

/** What a function does with arguments of which none is a fault. */
export type Implementation = (...args: Value[]) => Value;

/**
 * Functions by name and number of arguments: `size/1`; those called on a value begin with a dot, and the value comes
 * first: `.size/0`.
 */
export type FunctionTable = Readonly<Record<string, Implementation>>;
