import type { Control } from '../control';
import { judgesAlone, variablesOf } from '../variables';
import { CelSyntaxError } from './cel/compile';
import type { Names } from './cel/names';
import { compileExpression, type Program } from './cel/compile';
import type { Scope } from './judged';

/** Reports that an expression cannot be used, and why. */
export type Report = (where: string, expression: string, message: string) => void;

/** The variables of many controls: equal ones are one. */
export class Variables {
  /** The compiled variables, by slot. */
  public readonly programs: Program<Scope>[] = [];
  readonly #slots = new Map<string, number>();

  public constructor(private readonly report: Report) {}

  /** Adds the variables of a control; returns which names its expressions may use. */
  public namesOf(control: Control): Names<Scope> {
    const slots = new Map<string, number>();
    const names: Names<Scope> = (name) => {
      if (name === 'object') return ({ judged }) => judged.object;
      if (name === 'variables.companions' && !judgesAlone(control)) {
        return ({ judged }) => judged.companions;
      }
      const slot = slots.get(name);
      return slot === undefined ? undefined : ({ judged }) => judged.variable(slot);
    };
    for (const { name, expression } of variablesOf(control)) {
      const where = `${control.id}.variables.${name}`;
      slots.set(
        `variables.${name}`,
        this.#slot(expression, slots, () => this.compile(where, expression, names)),
      );
    }
    return names;
  }

  /** Compiles an expression; where it is wrong that is reported, and it is never true. */
  public compile(where: string, expression: string, names: Names<Scope>): Program<Scope> {
    try {
      return compileExpression(expression, names);
    } catch (error) {
      if (!(error instanceof CelSyntaxError)) throw error;
      this.report(where, expression, error.message);
      return () => false;
    }
  }

  /** Two variables are equal where their texts are and where what these refer to is. */
  #slot(expression: string, known: ReadonlyMap<string, number>, compile: () => Program<Scope>): number {
    const used = [...new Set(expression.match(/\bvariables\.\w+/g))].map(
      (name) => `${name}=${known.get(name)}`,
    );
    const key = JSON.stringify([expression, ...used]);
    const slot = this.#slots.get(key);
    if (slot !== undefined) return slot;
    this.programs.push(compile());
    this.#slots.set(key, this.programs.length - 1);
    return this.programs.length - 1;
  }
}
