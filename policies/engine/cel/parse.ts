import type * as Cel from '@bufbuild/cel';
import {
  callTree,
  listTree,
  literalTree,
  logicTree,
  memberCallTree,
  nameTree,
  tree,
  type Expr,
  type Tree,
} from './syntax';

/**
 * Parses an expression.
 *
 * Most expressions need little of the language, and `@bufbuild/cel` takes 80 ms to load and some more for each of them. So
 * the usual is parsed here, and what is not, whatever is wrong with it included, there. Where both can, they agree.
 *
 * @throws Error where the text is no CEL
 */
export function parse(text: string): Expr {
  return (parseUsual(text) as Expr | undefined) ?? parseAny(text);
}

/** Parses all of CEL. */
function parseAny(text: string): Expr {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- most programs never need it, and it loads slowly
  const cel = require('@bufbuild/cel') as typeof Cel;
  return cel.parse(text).expr;
}

/** Parses an expression of the usual parts of the language; undefined where it is not sure of the tree. */
export function parseUsual(text: string): Tree | undefined {
  try {
    return new Parser(text).whole();
  } catch (error) {
    if (error instanceof Unusual) return undefined;
    throw error;
  }
}

/** Something that is left to the parser of the whole language. */
class Unusual extends Error {}

/** Thrown each time: a stack trace would cost more than the parsing. */
const UNUSUAL = new Unusual('not usual');

/** Deeper than what people write; the parser of the whole language says what becomes of it. */
const MAX_DEPTH = 100;

/** White space, and then a name, an integer, a text without control characters, or an operator. */
const TOKEN =
  /[\t\n\f\r ]*(?:([A-Za-z_]\w*)|(0|[1-9]\d*)|("(?:[^"\\\p{Cc}]|\\["'\\])*"|'(?:[^'\\\p{Cc}]|\\["'\\])*')|(&&|\|\||[=!<>]=|[-+*/%<>!?:.,()[\]{}]))/uy;

/** What must not follow a token: a text of three quotes or with a prefix, and a number that goes on. */
const JOINED = /["'\w`]/;

const SPACE = /^[\t\n\f\r ]*$/;

/** Words that are no names of variables: those that the language keeps for itself. */
const RESERVED =
  /^(?:as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;

/** Words that are no names at all; the other parser does not like a name that begins with one either. */
const LITERAL = /^(?:true|false|null|in$)/;

const RELATIONS = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
const SUMS = new Set(['+', '-']);
const PRODUCTS = new Set(['*', '/', '%']);

function isNegation({ exprKind }: Tree): boolean {
  return exprKind.case === 'callExpr' && (exprKind.value as { readonly function: string }).function === '!_';
}

/** A parser that goes down the grammar, with one token looked ahead. */
class Parser {
  #at = 0;
  #depth = 0;
  /** The next token: its text, and which group of `TOKEN` it is; empty at the end. */
  #token = '';
  #group = 0;

  public constructor(private readonly text: string) {
    this.next();
  }

  public whole(): Tree {
    const expr = this.expression();
    if (this.#token !== '') throw UNUSUAL;
    return expr;
  }

  /** Takes the token, and looks at the one after it. */
  private next(): string {
    const taken = this.#token;
    TOKEN.lastIndex = this.#at;
    const found = TOKEN.exec(this.text);
    if (found === null) {
      if (!SPACE.test(this.text.slice(this.#at))) throw UNUSUAL;
      this.#at = this.text.length;
      this.#token = '';
      this.#group = 0;
      return taken;
    }
    this.#at = TOKEN.lastIndex;
    this.#group = found[1] !== undefined ? 1 : found[2] !== undefined ? 2 : found[3] !== undefined ? 3 : 4;
    this.#token = found[this.#group]!;
    const after = this.text[this.#at] ?? '';
    if (this.#group !== 4 && JOINED.test(after)) throw UNUSUAL;
    // A number with a fraction; and a comment.
    if (this.#group === 2 && after === '.') throw UNUSUAL;
    if (this.#token === '/' && after === '/') throw UNUSUAL;
    return taken;
  }

  private take(token: string): void {
    if (this.#group === 3 || this.#token !== token) throw UNUSUAL;
    this.next();
  }

  /** Takes an operator if it is next. */
  private takes(token: string): boolean {
    const is = this.#group === 4 && this.#token === token;
    if (is) this.next();
    return is;
  }

  private expression(): Tree {
    if (++this.#depth > MAX_DEPTH) throw UNUSUAL;
    const condition = this.disjunction();
    let whole = condition;
    if (this.takes('?')) {
      const yes = this.disjunction();
      this.take(':');
      whole = callTree('_?_:_', [condition, yes, this.expression()]);
    }
    this.#depth--;
    return whole;
  }

  private disjunction(): Tree {
    const terms = [this.conjunction()];
    while (this.takes('||')) terms.push(this.conjunction());
    return logicTree('_||_', terms);
  }

  private conjunction(): Tree {
    const terms = [this.relation()];
    while (this.takes('&&')) terms.push(this.relation());
    return logicTree('_&&_', terms);
  }

  private relation(): Tree {
    return this.chain(RELATIONS, () => this.chain(SUMS, () => this.chain(PRODUCTS, () => this.unary())));
  }

  /** Operators of one precedence, from the left. */
  private chain(operators: ReadonlySet<string>, operand: () => Tree): Tree {
    let left = operand();
    for (let count = 0; this.#group !== 3 && operators.has(this.#token); count++) {
      if (count > MAX_DEPTH) throw UNUSUAL;
      const operator = this.next();
      left = callTree(operator === 'in' ? '@in' : `_${operator}_`, [left, operand()]);
    }
    return left;
  }

  private unary(): Tree {
    if (this.#group === 4 && this.#token === '!') {
      this.next();
      const operand = this.#token === '!' && this.#group === 4 ? undefined : this.member();
      // The other parser makes `x` of `!!x`.
      if (operand === undefined || isNegation(operand)) throw UNUSUAL;
      return callTree('!_', [operand]);
    }
    return this.member();
  }

  private member(): Tree {
    let whole = this.primary();
    for (let count = 0; this.#group === 4; count++) {
      if (count > MAX_DEPTH) throw UNUSUAL;
      if (this.takes('.')) {
        const name = this.field();
        whole = this.takes('(')
          ? memberCallTree(whole, name, this.list(')'))
          : tree('selectExpr', { operand: whole, field: name, testOnly: false });
      } else if (this.takes('[')) {
        whole = callTree('_[_]', [whole, this.expression()]);
        this.take(']');
      } else break;
    }
    return whole;
  }

  private primary(): Tree {
    if (this.#group === 1) return this.word();
    if (this.#group === 2) return literalTree('int64Value', BigInt(this.next()));
    if (this.#group === 3) {
      const quoted = this.next();
      return literalTree('stringValue', quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1'));
    }
    if (this.takes('(')) {
      const inner = this.expression();
      this.take(')');
      return inner;
    }
    if (this.takes('[')) return listTree(this.list(']'));
    if (this.takes('{')) return this.map();
    throw UNUSUAL;
  }

  private word(): Tree {
    switch (this.#token) {
      case 'true':
      case 'false':
        return literalTree('boolValue', this.next() === 'true');
      case 'null':
        this.next();
        return literalTree('nullValue', 0);
    }
    const name = this.name();
    // A message.
    if (this.#group === 4 && this.#token === '{') throw UNUSUAL;
    if (!this.takes('(')) return nameTree(name);
    const args = this.list(')');
    const [first] = args;
    if (name !== 'has' || args.length !== 1 || first!.exprKind.case !== 'selectExpr')
      return callTree(name, args);
    return tree('selectExpr', { ...(first!.exprKind.value as object), testOnly: true });
  }

  private name(): string {
    if (RESERVED.test(this.#token)) throw UNUSUAL;
    return this.field();
  }

  private field(): string {
    if (this.#group !== 1 || LITERAL.test(this.#token)) throw UNUSUAL;
    return this.next();
  }

  /** Expressions between commas, up to what closes them. */
  private list(close: string): Tree[] {
    const elements: Tree[] = [];
    // The other parser refuses `f( )`.
    if (close === ')' && this.#token === ')' && this.text[this.#at - 2] !== '(') throw UNUSUAL;
    if (this.takes(close)) return elements;
    do elements.push(this.expression());
    while (this.takes(','));
    this.take(close);
    return elements;
  }

  private map(): Tree {
    const entries: object[] = [];
    if (!this.takes('}')) {
      do {
        const key = this.expression();
        this.take(':');
        entries.push({ keyKind: { case: 'mapKey', value: key }, value: this.expression() });
      } while (this.takes(','));
      this.take('}');
    }
    return tree('structExpr', { entries, messageName: '' });
  }
}
