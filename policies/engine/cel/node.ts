import { Fault } from './fault';
import type { Implementation } from './functions/table';
import type { Value } from './value';

/** What an expression is evaluated over: the variables it was given, and those that its macros introduce. */
export interface Frame<S> {
  readonly scope: S;
  readonly locals: Value[];
}

/** A compiled expression. */
export type Code<S> = (frame: Frame<S>) => Value;

/** A compiled part of an expression, and its value where it depends on nothing. */
export interface Node<S> {
  readonly code: Code<S>;
  readonly constant?: Value;
}

/** A part whose value is known. */
export function constant<S>(value: Value): Node<S> {
  return { code: () => value, constant: value };
}

/** A call of a function that takes no faults. Where all arguments are constant it is evaluated here, once. */
export function call<S>(implementation: Implementation, args: readonly Node<S>[]): Node<S> {
  const values = args.map((arg) => arg.constant);
  if (values.every((value) => value !== undefined)) {
    const fault = values.find((value) => value instanceof Fault);
    return constant(fault ?? implementation(...values));
  }
  return {
    code: applied(
      implementation,
      args.map(({ code }) => code),
    ),
  };
}

/** One and two arguments, which almost all functions have, need no list of them. */
function applied<S>(implementation: Implementation, codes: readonly Code<S>[]): Code<S> {
  const [first, second] = codes as [Code<S>, Code<S>];
  if (codes.length === 1) {
    return (frame) => {
      const value = first(frame);
      return value instanceof Fault ? value : implementation(value);
    };
  }
  if (codes.length === 2) {
    return (frame) => {
      const a = first(frame);
      if (a instanceof Fault) return a;
      const b = second(frame);
      return b instanceof Fault ? b : implementation(a, b);
    };
  }
  return (frame) => {
    const values: Value[] = [];
    for (const code of codes) {
      const value = code(frame);
      if (value instanceof Fault) return value;
      values.push(value);
    }
    return implementation(...values);
  };
}
