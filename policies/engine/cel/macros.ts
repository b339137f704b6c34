import { Fault, noOverload, worse } from './fault';
import type { Code, Frame, Node } from './node';
import { isList, keysOf, type Value } from './value';

/** The parts of a macro as the parser expands it, as far as they tell one from another. */
export interface Comprehension {
  readonly iterRange: unknown;
  readonly accuInit: { readonly exprKind: { readonly case: string; readonly value: unknown } };
  readonly loopStep: Part;
}

interface Part {
  readonly exprKind: {
    readonly value: {
      readonly function: string;
      readonly args: readonly Part[];
      readonly elements: readonly unknown[];
    };
  };
}

/** Compiles parts of a macro: those that do not see its variable, and those that do. */
export interface Surroundings<S> {
  outside(expr: unknown): Node<S>;
  inside(expr: unknown): Node<S>;
}

type Loop<S> = (frame: Frame<S>, elements: readonly Value[]) => Value;

/** `all`, `exists`, `exists_one`, `map` and `filter`, each as one loop. */
export function comprehension<S>(parts: Comprehension, slot: number, surroundings: Surroundings<S>): Node<S> {
  const range = surroundings.outside(parts.iterRange).code;
  const loop = loopOf(parts, slot, (expr) => surroundings.inside(expr).code);
  return {
    code: (frame) => {
      const value = range(frame);
      if (value instanceof Fault) return value;
      const elements = isList(value) ? value : keysOf(value);
      return elements === undefined
        ? noOverload('a macro over what is no list or map')
        : loop(frame, elements);
    },
  };
}

function loopOf<S>(
  { accuInit, loopStep }: Comprehension,
  slot: number,
  code: (expr: unknown) => Code<S>,
): Loop<S> {
  const { function: operation, args } = loopStep.exprKind.value;
  switch (accuInit.exprKind.case) {
    case 'constExpr':
      if (operation === '_&&_') return quantifier(slot, code(args[1]), false);
      if (operation === '_||_') return quantifier(slot, code(args[1]), true);
      return existsOne(slot, code(args[0]));
    default: {
      const conditional = operation === '_?_:_';
      const added = conditional ? args[1]!.exprKind.value.args[1] : args[1];
      const step = code(added!.exprKind.value.elements[0]);
      return collect(slot, step, conditional ? code(args[0]) : undefined);
    }
  }
}

/** `all` and `exists`: the first element that decides ends it, whatever faults there were before. */
function quantifier<S>(slot: number, test: Code<S>, decides: boolean): Loop<S> {
  return (frame, elements) => {
    let fault: Fault | undefined;
    for (const element of elements) {
      frame.locals[slot] = element;
      const value = test(frame);
      if (value === decides) return decides;
      if (value !== !decides) fault = worse(fault, value instanceof Fault ? value : noOverload('logic'));
    }
    return fault ?? !decides;
  };
}

function existsOne<S>(slot: number, test: Code<S>): Loop<S> {
  return (frame, elements) => {
    let fault: Fault | undefined;
    let count = 0;
    for (const element of elements) {
      frame.locals[slot] = element;
      const value = test(frame);
      if (value === true) count += 1;
      else if (value !== false) fault = worse(fault, value instanceof Fault ? value : noOverload('?:'));
    }
    return fault ?? count === 1;
  };
}

/** `map` and `filter`. */
function collect<S>(slot: number, step: Code<S>, test: Code<S> | undefined): Loop<S> {
  return (frame, elements) => {
    let fault: Fault | undefined;
    const result: Value[] = [];
    for (const element of elements) {
      frame.locals[slot] = element;
      const chosen = test === undefined ? true : test(frame);
      if (chosen === false) continue;
      const value = chosen === true ? step(frame) : chosen instanceof Fault ? chosen : noOverload('?:');
      if (value instanceof Fault) fault = worse(fault, value);
      else result.push(value);
    }
    return fault ?? result;
  };
}
