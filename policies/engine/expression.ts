import { celEnv, parse, plan, type CelInput, type CelResult } from '@bufbuild/cel';

/** The variables that an expression sees. */
export type Scope = Record<string, CelInput>;

/** A compiled expression. What it returns is a value, or an error as a value. */
export type Program = (scope: Scope) => CelResult;

/** The standard functions of CEL; made once, because that is most of the work of compiling. */
const ENVIRONMENT = celEnv();

/** Compiles a CEL expression; throws where it is none. */
export function compileExpression(expression: string): Program {
  return plan(ENVIRONMENT, parse(expression)) as Program;
}
