import { CelSyntaxError } from '../../../policies/engine/cel/compile';
import { Fault } from '../../../policies/engine/cel/fault';
import type { Value } from '../../../policies/engine/cel/value';
import { decodeObject } from '../../../policies/engine/decode';
import { compileExpression } from '../../../policies/engine/cel/compile';
import { canonical } from './canonical';
import { ask } from './harness';
import { Random, randomExpression, randomObject } from './random';

/** Expressions that are asked about one object. */
const PER_OBJECT = 5;

export interface Comparison {
  readonly mismatches: readonly unknown[];
  /** How many answers were values on both sides. */
  readonly values: number;
  /** How many expressions the API server refused for their types; these the engine lets fail over each object. */
  readonly refused: number;
}

/** Compares the engine with the API server's library over random objects and expressions. */
export function compareWithApiServer(seed: number, cases: number): Comparison {
  const random = new Random(seed);
  const questions = Array.from({ length: Math.ceil(cases / PER_OBJECT) }, () => {
    const object = randomObject(random);
    return {
      object,
      expressions: Array.from({ length: PER_OBJECT }, () => randomExpression(random, object)),
    };
  });
  const mismatches: unknown[] = [];
  let values = 0;
  let refused = 0;
  ask(questions).forEach(({ decoded, error, results = [] }, i) => {
    const { object, expressions } = questions[i]!;
    const ours = decodeObject(object as never);
    if (decoded !== (ours.problems.length > 0 ? undefined : canonical(ours.value))) {
      mismatches.push({
        object,
        ours: canonical(ours.value),
        problems: ours.problems,
        theirs: decoded,
        error,
      });
    }
    results.forEach((theirs, j) => {
      if (theirs.refused === true) refused += 1;
      const expression = expressions[j]!;
      const mine = evaluate(expression, ours.value);
      if (mine !== undefined && theirs.value !== undefined) values += 1;
      if (theirs.refused !== true && mine !== theirs.value)
        mismatches.push({ expression, object, mine, theirs });
    });
  });
  return { mismatches, values, refused };
}

/** The engine's answer; undefined for an error. */
function evaluate(expression: string, object: Value): string | undefined {
  try {
    const value = compileExpression<Value>(expression, (name) =>
      name === 'object' ? (it) => it : undefined,
    )(object);
    return value instanceof Fault ? undefined : canonical(value);
  } catch (error) {
    if (error instanceof CelSyntaxError) return undefined;
    throw error;
  }
}
