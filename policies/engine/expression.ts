import { compile } from './cel/compile';
import type { Names } from './cel/names';
import type { Value } from './cel/value';

/** A compiled expression. What it returns is a value; an error and what is not known yet are values, too. */
export type Program<S> = (scope: S) => Value;

/**
 * Compiles a CEL expression.
 *
 * @param names the variables that it may use
 * @throws CelSyntaxError where it is no CEL, or uses a variable or a function that there is not
 */
export function compileExpression<S>(expression: string, names: Names<S>): Program<S> {
  return compile(expression, names);
}
