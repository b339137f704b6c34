import { CelError, Fault, noOverload, worse } from './fault';
import { FUNCTIONS } from './functions';
import { call, constant, type Code, type Node } from './node';
import { comprehension, type Comprehension } from './macros';
import { typeNamed, type Names } from './names';
import { parse } from './parse';
import type { Expr, Kind } from './syntax';
import {
  Fields,
  entry,
  isFields,
  isList,
  MAX_INT,
  MAX_UINT,
  MIN_INT,
  MixedMap,
  Uint,
  type Value,
} from './value';

/** Deeper than anything written by a person; what is deeper would exhaust the stack. */
const MAX_DEPTH = 250;

/** An expression that cannot be compiled; the message says why. */
export class CelSyntaxError extends Error {
  public override readonly name = 'CelSyntaxError';
}

/** A compiled expression. What it returns is a value; an error and what is not known yet are values, too. */
export type Program<S> = (scope: S) => Value;

/**
 * Compiles an expression to a function.
 *
 * @param names the variables that it may use
 * @throws CelSyntaxError where the text is no CEL, or uses a name or function that there is not
 */
export function compileExpression<S>(text: string, names: Names<S>): Program<S> {
  const compiler = new Compiler(names);
  const node = compiler.compile(parsed(text), new Map(), 0);
  const { code } = node;
  if (compiler.slots === 0) return (scope) => code({ scope, locals: NONE });
  return (scope) => code({ scope, locals: new Array<Value>(compiler.slots) });
}

const NONE: Value[] = [];

function parsed(text: string): Expr {
  try {
    return parse(text);
  } catch (error) {
    throw new CelSyntaxError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Names of the variables that macros have introduced, with their slots. */
type Locals = ReadonlyMap<string, number>;

class Compiler<S> {
  /** How many local variables the expression has: one for each macro in it. */
  public slots = 0;

  public constructor(private readonly names: Names<S>) {}

  public compile(expr: Expr, locals: Locals, depth: number): Node<S> {
    if (depth > MAX_DEPTH) throw new CelSyntaxError(`The expression is nested deeper than ${MAX_DEPTH}.`);
    const each = (inner: Expr): Node<S> => this.compile(inner, locals, depth + 1);
    const { exprKind: kind } = expr;
    switch (kind.case) {
      case 'constExpr':
        return constant(literal(kind.value));
      case 'identExpr':
        return this.name(kind.value.name, locals);
      case 'selectExpr':
        return this.select(kind.value, expr, locals, each);
      case 'callExpr':
        return this.call(kind.value, locals, each);
      case 'listExpr':
        return list(kind.value.elements.map(each));
      case 'structExpr':
        return this.map(kind.value, each);
      case 'comprehensionExpr':
        return this.comprehension(kind.value, locals, depth);
      default:
        throw new CelSyntaxError('The expression has an empty part.');
    }
  }

  private name(written: string, locals: Locals): Node<S> {
    const found = this.lookup(written, locals);
    if (found === undefined) throw new CelSyntaxError(`There is no variable ${written}.`);
    return found;
  }

  private lookup(written: string, locals: Locals): Node<S> | undefined {
    const slot = locals.get(written);
    if (slot !== undefined) return { code: ({ locals: values }) => values[slot]! };
    const name = written.replace(/^\./, '');
    const read = this.names(name);
    if (read !== undefined) return { code: ({ scope }) => read(scope) };
    const type = typeNamed(name);
    return type === undefined ? undefined : constant(type);
  }

  private select(
    { operand, field, testOnly }: Kind<'selectExpr'>,
    expr: Expr,
    locals: Locals,
    each: (inner: Expr) => Node<S>,
  ): Node<S> {
    const path = dotted(expr);
    const root = path?.split('.')[0] ?? '';
    if (path !== undefined && !testOnly && !locals.has(root)) {
      const whole = this.lookup(path, NO_LOCALS);
      if (whole !== undefined) return whole;
    }
    const { code } = each(operand!);
    return { code: testOnly ? presence(code, field) : selection(code, field) };
  }

  private call(
    { function: name, target, args }: Kind<'callExpr'>,
    locals: Locals,
    each: (inner: Expr) => Node<S>,
  ): Node<S> {
    if (target === undefined) {
      const lazy = LAZY[name];
      if (lazy !== undefined) return { code: lazy(args.map((arg) => each(arg).code) as Code<unknown>[]) };
      return this.apply(`${name}/${args.length}`, args.map(each));
    }
    const space = dotted(target);
    const qualified = `${space}.${name}/${args.length}`;
    if (space !== undefined && !locals.has(space.split('.')[0]!) && Object.hasOwn(FUNCTIONS, qualified)) {
      return this.apply(qualified, args.map(each));
    }
    return this.apply(`.${name}/${args.length}`, [target, ...args].map(each));
  }

  private apply(key: string, args: readonly Node<S>[]): Node<S> {
    const implementation = Object.hasOwn(FUNCTIONS, key) ? FUNCTIONS[key] : undefined;
    if (implementation === undefined) throw new CelSyntaxError(unknownFunction(key));
    return call(implementation, args);
  }

  private map({ messageName, entries }: Kind<'structExpr'>, each: (inner: Expr) => Node<S>): Node<S> {
    if (messageName !== '') throw new CelSyntaxError(`There is no message type ${messageName}.`);
    const parts = entries.flatMap(({ keyKind, value }) => [each(keyKind.value as Expr), each(value!)]);
    return call((...values) => mapOf(values), parts);
  }

  private comprehension(value: Kind<'comprehensionExpr'>, locals: Locals, depth: number): Node<S> {
    const slot = this.slots++;
    const inner = new Map([...locals, [value.iterVar, slot]]);
    return comprehension(value as unknown as Comprehension, slot, {
      outside: (expr) => this.compile(expr as Expr, locals, depth + 1),
      inside: (expr) => this.compile(expr as Expr, inner, depth + 1),
    });
  }
}

const NO_LOCALS: Locals = new Map();

function unknownFunction(key: string): string {
  const [name = '', count] = key.split('/');
  const known = Object.keys(FUNCTIONS)
    .filter((other) => other.startsWith(`${name}/`))
    .map((other) => other.split('/')[1]!);
  const written = name.startsWith('.') ? `x${name}` : name;
  return known.length === 0
    ? `There is no function ${written}.`
    : `${written} takes ${known.join(' or ')} arguments, not ${count}.`;
}

/** `a.b.c` where an expression is nothing but that. */
function dotted(expr: Expr): string | undefined {
  const { exprKind: kind } = expr;
  if (kind.case === 'identExpr') return kind.value.name.replace(/^\./, '');
  if (kind.case !== 'selectExpr' || kind.value.testOnly) return undefined;
  const operand = dotted(kind.value.operand!);
  return operand === undefined ? undefined : `${operand}.${kind.value.field}`;
}

function literal({ constantKind: { case: type, value } }: Kind<'constExpr'>): Value {
  switch (type) {
    case 'int64Value':
      if (value > MAX_INT || value < MIN_INT) throw new CelSyntaxError(`${value} is no int.`);
      return value;
    case 'uint64Value':
      if (value > MAX_UINT) throw new CelSyntaxError(`${value} is no uint.`);
      return new Uint(value);
    case 'boolValue':
    case 'doubleValue':
    case 'stringValue':
    case 'bytesValue':
      return value;
    default:
      return null;
  }
}

function list<S>(elements: readonly Node<S>[]): Node<S> {
  return call((...values) => values, elements);
}

/** A map from keys and values in turn. */
function mapOf(values: readonly Value[]): Value {
  const fields = new Fields();
  let mixed: MixedMap | undefined;
  for (let i = 0; i < values.length; i += 2) {
    const [key, value] = [values[i]!, values[i + 1]!];
    if (mixed === undefined && typeof key === 'string') {
      if (key in fields) return new CelError(`the key ${JSON.stringify(key)} is there twice`);
      fields[key] = value;
      continue;
    }
    mixed ??= mixedOf(fields);
    if (typeof key === 'number' || !mixed.add(key, value))
      return new CelError('a key is there twice, or is none');
  }
  return mixed ?? fields;
}

function mixedOf(fields: Fields): MixedMap {
  const mixed = new MixedMap();
  for (const key of Object.keys(fields)) mixed.add(key, fields[key]!);
  return mixed;
}

function selection<S>(code: Code<S>, field: string): Code<S> {
  return (frame) => {
    const value = code(frame);
    const inner = isFields(value) ? value[field] : entry(value, field);
    if (inner !== undefined) return inner;
    if (value instanceof Fault) return value;
    return isFields(value) || value instanceof MixedMap ? noSuchKey(field) : noOverload(`.${field}`);
  };
}

function noSuchKey(field: string): CelError {
  return new CelError(`no such key: ${field}`);
}

function presence<S>(code: Code<S>, field: string): Code<S> {
  return (frame) => {
    const value = code(frame);
    if (isFields(value)) return value[field] !== undefined;
    if (value instanceof Fault) return value;
    if (isList(value)) return noOverload(`has(.${field})`);
    // Of what is no map the API server says that it has no fields.
    return value instanceof MixedMap && entry(value, field) !== undefined;
  };
}

/** `&&` and `||`: the operand that decides does so whatever the other is, also where that is an error. */
function logic(decides: boolean): (args: readonly Code<unknown>[]) => Code<unknown> {
  return ([left, right]) =>
    (frame) => {
      const a = left!(frame);
      if (a === decides) return decides;
      const b = right!(frame);
      if (b === decides) return decides;
      if (a === !decides && b === !decides) return !decides;
      const faults = [a, b].map((value) =>
        value instanceof Fault ? value : typeof value === 'boolean' ? undefined : noOverload('logic'),
      );
      return faults.reduce((worst, fault) => (fault === undefined ? worst : worse(worst, fault)), undefined)!;
    };
}

function ternary([condition, yes, no]: readonly Code<unknown>[]): Code<unknown> {
  return (frame) => {
    const value = condition!(frame);
    if (value === true) return yes!(frame);
    if (value === false) return no!(frame);
    return value instanceof Fault ? value : noOverload('?:');
  };
}

/** The operators that do not evaluate all their operands. */
const LAZY: Readonly<Record<string, (args: readonly Code<unknown>[]) => Code<unknown>>> = {
  '_&&_': logic(false),
  '_||_': logic(true),
  '_?_:_': ternary,
};
