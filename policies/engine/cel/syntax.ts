import type * as Cel from '@bufbuild/cel';

/** An expression as the parser of `@bufbuild/cel` gives it. */
export type Expr = ReturnType<typeof Cel.parse>['expr'];

/** The parts of an expression of one kind. */
export type Kind<C extends string> = Extract<Expr['exprKind'], { case: C }>['value'];

/** Of a syntax tree only what the compiler reads: no ids, and of a macro neither what ends its loop nor what it returns. */
export interface Tree {
  readonly exprKind: { readonly case: string; readonly value: unknown };
}

/** A part of a syntax tree. */
export function tree(kind: string, value: unknown): Tree {
  return { exprKind: { case: kind, value } };
}

/** A literal. */
export function literalTree(type: string, value: unknown): Tree {
  return tree('constExpr', { constantKind: { case: type, value } });
}

/** A name. */
export function nameTree(name: string): Tree {
  return tree('identExpr', { name });
}

/** A call of a function. */
export function callTree(name: string, args: readonly Tree[]): Tree {
  return tree('callExpr', { function: name, args });
}

/** A list. */
export function listTree(elements: readonly Tree[]): Tree {
  return tree('listExpr', { elements });
}

/** `&&` or `||` of many: balanced, so that a long chain is no deep tree. */
export function logicTree(operator: string, terms: readonly Tree[]): Tree {
  if (terms.length === 1) return terms[0]!;
  const middle = Math.ceil(terms.length / 2);
  return callTree(operator, [
    logicTree(operator, terms.slice(0, middle)),
    logicTree(operator, terms.slice(middle)),
  ]);
}

/** `target.name(args)`, or the macro that it is. */
export function memberCallTree(target: Tree, name: string, args: readonly Tree[]): Tree {
  const [first, second, third] = args;
  const variable =
    first?.exprKind.case === 'identExpr' ? (first.exprKind.value as { name: string }).name : undefined;
  const loop =
    second === undefined || variable === undefined ? undefined : loopOf(name, variable, second, third);
  return loop === undefined
    ? tree('callExpr', { function: name, target, args })
    : tree('comprehensionExpr', { iterVar: variable, iterRange: target, ...loop });
}

interface Loop {
  readonly accuInit: Tree;
  readonly loopStep: Tree;
}

const RESULT = nameTree('@result');
const ONE = literalTree('int64Value', 1n);
const EMPTY = listTree([]);

function loopOf(name: string, variable: string, test: Tree, step: Tree | undefined): Loop | undefined {
  const added = (value: Tree): Tree => callTree('_+_', [RESULT, listTree([value])]);
  const where = (what: Tree): Tree => callTree('_?_:_', [test, what, RESULT]);
  if (step !== undefined)
    return name === 'map' ? { accuInit: EMPTY, loopStep: where(added(step)) } : undefined;
  switch (name) {
    case 'all':
      return { accuInit: literalTree('boolValue', true), loopStep: callTree('_&&_', [RESULT, test]) };
    case 'exists':
      return { accuInit: literalTree('boolValue', false), loopStep: callTree('_||_', [RESULT, test]) };
    case 'exists_one':
    case 'existsOne':
      return { accuInit: literalTree('int64Value', 0n), loopStep: where(callTree('_+_', [RESULT, ONE])) };
    case 'map':
      return { accuInit: EMPTY, loopStep: added(test) };
    case 'filter':
      return { accuInit: EMPTY, loopStep: where(added(nameTree(variable))) };
    default:
      return undefined;
  }
}
