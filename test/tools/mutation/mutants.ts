import ts from 'typescript';

/** A source file with one default taken out. */
export interface Mutant {
  /** Line of the default, from 1. */
  readonly line: number;
  /** What was taken out, shortened to one line. */
  readonly what: string;
  /** The text without it. */
  readonly text: string;
}

/**
 * Every default of a source file, each taken out in turn: a property that is set in an object, the right side of `??`, and
 * the value of what is left out of a destructured object.
 *
 * Properties of what is thrown, of metadata and of schemas of types are none: they change no object.
 */
export function mutantsOf(text: string): readonly Mutant[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2022, true);
  const found: Mutant[] = [];
  const add = (node: ts.Node, from: number, to: number, instead: string): void => {
    found.push({
      line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
      what: text.slice(from, to).replace(/\s+/g, ' ').trim().slice(0, 90),
      text: text.slice(0, from) + instead + text.slice(to),
    });
  };
  const visit = (node: ts.Node): void => {
    if (isBeyond(node)) return;
    if (ts.isPropertyAssignment(node) && ts.isObjectLiteralExpression(node.parent)) {
      const comma = /^\s*,/.exec(text.slice(node.end))?.[0].length ?? 0;
      add(node, node.getStart(), node.end + comma, '');
    } else if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken &&
      !isNothing(node.right)
    ) {
      add(node.right, node.right.getStart(), node.right.end, 'undefined');
    } else if (
      ts.isBindingElement(node) &&
      node.initializer !== undefined &&
      ts.isObjectBindingPattern(node.parent) &&
      !isNothing(node.initializer)
    ) {
      add(node, node.name.end, node.end, '');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** An empty list or object as a default only saves a question. */
function isNothing(node: ts.Expression): boolean {
  return (
    (ts.isObjectLiteralExpression(node) && node.properties.length === 0) ||
    (ts.isArrayLiteralExpression(node) && node.elements.length === 0) ||
    node.getText() === 'undefined'
  );
}

/** Errors and their texts, imports and types. */
function isBeyond(node: ts.Node): boolean {
  return (
    ts.isImportDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isThrowStatement(node) ||
    (ts.isCallExpression(node) && /(^|\.)(require|constructError)$/.test(node.expression.getText()))
  );
}
