import { celEnv, isCelError, parse, plan, type CelInput, type CelResult } from '@bufbuild/cel';
import type { Manifest } from '../../constructs';
import { KeelsonError } from '../../model';
import type { Control, Validation } from '../control';
import { POD_VARIABLES, podKindOf } from '../subjects';
import { toCel } from './values';

/** Judges one object by one control. */
export interface CompiledControl {
  readonly control: Control;
  /** The validations that the object breaks; none where the control does not judge objects of this kind. */
  judge(manifest: Manifest): readonly Validation[];
}

/** The standard functions of CEL; made once, because that is most of the work of compiling. */
const ENVIRONMENT = celEnv();

type Expression = (bindings: Record<string, CelInput>) => CelResult;

/**
 * Compiles controls for repeated use.
 *
 * @throws KeelsonError naming every expression that is not CEL
 */
export function compileControls(controls: readonly Control[]): readonly CompiledControl[] {
  const problems: { code: 'policy/load'; where: string; message: string; fix: string }[] = [];
  const compile = (where: string, expression: string): Expression => {
    try {
      return plan(ENVIRONMENT, parse(expression)) as Expression;
    } catch (error) {
      problems.push({
        code: 'policy/load',
        where,
        message: String(error),
        fix: 'Correct the CEL expression.',
      });
      return () => false;
    }
  };
  const variables = POD_VARIABLES.map(({ name, expression }) => ({
    name,
    run: compile(`variables.${name}`, expression),
  }));
  const compiled = controls.map((control) => {
    const validations = control.validations.map((validation, index) => ({
      validation,
      run: compile(`${control.id}.validations[${index}]`, validation.expression),
    }));
    return {
      control,
      judge: (manifest: Manifest): readonly Validation[] => {
        if (podKindOf(manifest) === undefined) return [];
        const bindings = bind(manifest, variables);
        return validations.filter(({ run }) => !holds(run, bindings)).map(({ validation }) => validation);
      },
    };
  });
  if (problems.length > 0) throw new KeelsonError(problems);
  return compiled;
}

/** One object's bindings serve all its controls. */
const bindingsOf = new WeakMap<Manifest, Record<string, CelInput>>();

function bind(
  manifest: Manifest,
  variables: readonly { readonly name: string; readonly run: Expression }[],
): Record<string, CelInput> {
  const known = bindingsOf.get(manifest);
  if (known !== undefined) return known;
  const values = new Map<string, CelInput>();
  const bindings = { object: toCel(manifest) as CelInput, variables: values as CelInput };
  for (const { name, run } of variables) {
    const value = run(bindings);
    // A variable that cannot be evaluated stays unset: each expression that uses it then fails, which is a violation.
    if (!isCelError(value)) values.set(name, value as CelInput);
  }
  bindingsOf.set(manifest, bindings);
  return bindings;
}

/** An error, or anything but true, is a violation: a policy that cannot be evaluated has not been met. */
function holds(run: Expression, bindings: Record<string, CelInput>): boolean {
  return run(bindings) === true;
}
