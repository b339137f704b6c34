import { isCelError, type CelInput } from '@bufbuild/cel';
import type { Manifest } from '../../constructs';
import { KeelsonError, type Problem } from '../../model';
import type { Control, Validation } from '../control';
import type { Elements } from '../elements';
import { apiGroupOf, isPodKind, type Kind } from '../kinds';
import type { Variable } from '../subjects';
import { judgesPods, variablesOf } from '../variables';
import { compileExpression, type Program, type Scope } from './expression';
import { toCel } from './values';

/** One validation that an object breaks. */
export interface Violation {
  readonly validation: Validation;
  /** The field, from the object's root, for example `spec.containers[0].securityContext.privileged`. */
  readonly path: string;
  /** The value that was found there; undefined where it is absent or must not be shown. */
  readonly value?: unknown;
  /** A value that it needs is not known yet. */
  readonly undetermined?: true;
  /** Name of the container, where the violation is about one. */
  readonly container?: string;
}

/** Judges one object by one control. */
export interface CompiledControl {
  readonly control: Control;
  /** Whether the control judges objects of this kind. */
  judges(manifest: Manifest): boolean;
  /** What the object breaks; nothing where the control does not judge objects of its kind. */
  judge(manifest: Manifest, companions?: readonly Manifest[]): readonly Violation[];
}

/**
 * Compiles controls for repeated use.
 *
 * @throws KeelsonError naming every expression that is not CEL
 */
export function compileControls(controls: readonly Control[]): readonly CompiledControl[] {
  const problems: Problem[] = [];
  const compile = (where: string, expression: string): Program => {
    try {
      return compileExpression(expression);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      problems.push({ code: 'policy/load', where, message, fix: 'Correct the CEL expression.' });
      return () => false;
    }
  };
  const compiled = controls.map((control) => compileControl(control, compile));
  if (problems.length > 0) throw new KeelsonError(problems);
  return compiled;
}

type Compile = (where: string, expression: string) => Program;

function compileControl(control: Control, compile: Compile): CompiledControl {
  const kinds = new Map(control.kinds.map((kind) => [`${kind.apiGroup}/${kind.kind}`, kind]));
  const kindOf = (manifest: Manifest): Kind | undefined =>
    kinds.get(`${apiGroupOf(manifest)}/${manifest.kind}`);
  const variables = variablesOf(control).map(({ name, expression }: Variable) => ({
    name,
    run: compile(`${control.id}.variables.${name}`, expression),
  }));
  const validations = control.validations.map((validation, index) => ({
    validation,
    run: compile(`${control.id}.validations[${index}]`, validation.expression),
  }));
  return {
    control,
    judges: (manifest) => kindOf(manifest) !== undefined,
    judge: (manifest, companions = []) => {
      const kind = kindOf(manifest);
      if (kind === undefined) return [];
      const scope = scopeOf(manifest, companions, variables);
      return validations.flatMap(({ validation, run }) => violations(validation, run, scope, manifest, kind));
    },
  };

  function violations(
    validation: Validation,
    run: Program,
    scope: Scope,
    manifest: Manifest,
    kind: Kind,
  ): readonly Violation[] {
    const { forEach } = validation;
    const root = judgesPods(control) && isPodKind(kind) ? [...kind.pod, 'spec'] : [];
    if (forEach === undefined) {
      return run(scope) === true
        ? []
        : [violation(validation, manifest, [...root, ...keys(validation.path)])];
    }
    const base = forEach.within === 'podSpec' ? root : [];
    return elementsOf(manifest, base, forEach).flatMap(({ path, element }) =>
      run({ ...scope, [forEach.as]: toCel(element) as CelInput }) === true
        ? []
        : [violation(validation, manifest, [...path, ...keys(validation.path)], element)],
    );
  }
}

function violation(
  validation: Validation,
  manifest: Manifest,
  path: readonly (string | number)[],
  element?: unknown,
): Violation {
  const value = validation.showsValue === true ? at(manifest, path) : undefined;
  const container =
    validation.forEach?.as === 'container' ? (element as { name?: unknown } | null)?.name : undefined;
  return {
    validation,
    path: formatPath(path),
    ...(value === undefined ? {} : { value }),
    ...(typeof container === 'string' ? { container } : {}),
  };
}

function elementsOf(
  manifest: Manifest,
  base: readonly string[],
  { lists }: Elements,
): { readonly path: readonly (string | number)[]; readonly element: unknown }[] {
  return lists.flatMap((list) => {
    const path = [...base, list];
    const elements = at(manifest, path);
    if (elements === undefined || elements === null) return [];
    // What is not a list cannot be judged one by one: it breaks the validation as it stands.
    if (!Array.isArray(elements)) return [{ path, element: undefined }];
    return elements.map((element: unknown, index) => ({ path: [...path, index], element }));
  });
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === 'object' && Object.hasOwn(inner, key)
        ? (inner as Record<string | number, unknown>)[key]
        : undefined,
    value,
  );
}

function keys(path: string): readonly string[] {
  return path === '' ? [] : path.split('.');
}

/** `spec.containers[0].image`. */
function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );
}

function scopeOf(
  manifest: Manifest,
  companions: readonly Manifest[],
  variables: readonly { readonly name: string; readonly run: Program }[],
): Scope {
  const values = new Map<string, CelInput>([['companions', toCel(companions) as CelInput]]);
  const scope: Scope = { object: objectOf(manifest), variables: values as CelInput };
  for (const { name, run } of variables) {
    const value = run(scope);
    // A variable that cannot be evaluated stays unset: each expression that uses it then fails, which is a violation.
    if (!isCelError(value)) values.set(name, value as CelInput);
  }
  return scope;
}

/** One object's value serves all its controls. */
const objects = new WeakMap<Manifest, CelInput>();

function objectOf(manifest: Manifest): CelInput {
  const known = objects.get(manifest);
  if (known !== undefined) return known;
  const value = toCel(manifest) as CelInput;
  objects.set(manifest, value);
  return value;
}
