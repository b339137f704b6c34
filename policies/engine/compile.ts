import type { Manifest } from '../../constructs';
import { KeelsonError, type Problem } from '../../model';
import type { Control, Validation } from '../control';
import { apiGroupOf, isPodKind, type Kind, type PodKind } from '../kinds';
import { judgesAlone, judgesPods } from '../variables';
import { Fault, UNKNOWN } from './cel/fault';
import type { Names } from './cel/names';
import { isFields, type Value } from './cel/value';
import type { Program } from './cel/compile';
import { Judged, type Element, type Scope } from './judged';
import { at, fieldsOf, formatPath, type Path } from './paths';
import { Variables } from './variables';

/** One validation that an object breaks. */
export interface Violation {
  readonly validation: Validation;
  /** The field, from the object's root, for example `spec.containers[0].securityContext.privileged`. */
  readonly path: string;
  /** The value that was found there; undefined where it is absent or must not be shown. */
  readonly value?: unknown;
  /** Name of the container, where the violation is about one. */
  readonly container?: string;
  /** Set where the verdict depends on a value that is not known yet; it may turn out to be fine. */
  readonly undetermined?: true;
}

/** Judges one object by one control. */
export interface CompiledControl {
  readonly control: Control;
  /** Whether the control judges objects of this kind. */
  judges(manifest: Pick<Manifest, 'apiVersion' | 'kind'>): boolean;
  /**
   * What the object breaks; nothing where the control does not judge objects of its kind. The object is decoded once: it
   * is not to be changed between two calls.
   */
  judge(manifest: Manifest, companions?: readonly Manifest[]): readonly Violation[];
}

/**
 * Compiles controls for repeated use.
 *
 * @param lazily compile a control when it judges its first object: a check seldom sees objects of all kinds. Only for
 * controls that are known to compile, such as keelson's own, of which a test does so.
 * @throws KeelsonError naming every expression that is not CEL, or uses a variable or a function that there is not
 */
export function compileControls(
  controls: readonly Control[],
  { lazily = false }: { readonly lazily?: boolean } = {},
): readonly CompiledControl[] {
  const problems: Problem[] = [];
  const variables = new Variables((where, expression, message) => {
    const fix = `Correct the CEL expression: ${expression}`;
    problems.push({ code: 'policy/load', where, message, fix });
  });
  // An object is mostly judged by one control after the other.
  let last: Judged | undefined;
  const judgedOf: JudgedOf = (manifest, companions) =>
    last?.manifest === manifest && last.companionManifests === companions
      ? last
      : (last = new Judged(manifest, variables.programs, companions));
  if (lazily) {
    return controls.map((control) => {
      let validations: readonly CompiledValidation[] | undefined;
      const compiled = (): readonly CompiledValidation[] => {
        if (validations !== undefined) return validations;
        validations = compileValidations(control, variables);
        if (problems.length > 0) throw new KeelsonError(problems);
        return validations;
      };
      return judging(control, compiled, judgedOf);
    });
  }
  const compiled = controls.map((control) => {
    const validations = compileValidations(control, variables);
    return judging(control, () => validations, judgedOf);
  });
  if (problems.length > 0) throw new KeelsonError(problems);
  return compiled;
}

/** The controls that judge a kind, found once for all its objects. */
export function judgesFor(
  compiled: readonly CompiledControl[],
): (manifest: Manifest) => readonly CompiledControl[] {
  const byKind = new Map<string, readonly CompiledControl[]>();
  return (manifest) => {
    const key = `${manifest.apiVersion} ${manifest.kind}`;
    const known = byKind.get(key) ?? compiled.filter((control) => control.judges(manifest));
    byKind.set(key, known);
    return known;
  };
}

type JudgedOf = (manifest: Manifest, companions: readonly Manifest[]) => Judged;

/** Returned for every control that knows no companions, so that these share what they compute. */
const NONE: readonly Manifest[] = [];

function compileValidations(control: Control, variables: Variables): readonly CompiledValidation[] {
  const names = variables.namesOf(control);
  return control.validations.map((validation, index) => ({
    validation,
    field: fieldsOf(validation.path),
    run: variables.compile(
      `${control.id}.validations[${index}]`,
      validation.expression,
      withElement(names, validation.forEach?.as),
    ),
  }));
}

function judging(
  control: Control,
  validations: () => readonly CompiledValidation[],
  judgedOf: JudgedOf,
): CompiledControl {
  const kinds = new Map(control.kinds.map((kind) => [`${kind.apiGroup}/${kind.kind}`, kind]));
  const kindOf = (manifest: Pick<Manifest, 'apiVersion' | 'kind'>): Kind | undefined =>
    kinds.get(`${apiGroupOf(manifest)}/${manifest.kind}`);
  const overPods = judgesPods(control);
  // Objects of one kind mostly come in a row, or in turn with others that the control is not asked about.
  let newest:
    { readonly apiVersion: string; readonly kind: string; readonly known: Kind | undefined } | undefined;
  const kindAgain = (manifest: Manifest): Kind | undefined => {
    const { apiVersion, kind } = manifest;
    if (newest?.kind !== kind || newest.apiVersion !== apiVersion)
      newest = { apiVersion, kind, known: kindOf(manifest) };
    return newest.known;
  };
  return {
    control,
    judges: (manifest) => kindOf(manifest) !== undefined,
    judge: (manifest, companions = NONE) => {
      const kind = kindAgain(manifest);
      if (kind === undefined) return NOTHING;
      const judged = judgedOf(manifest, judgesAlone(control) ? NONE : companions);
      const root = overPods && isPodKind(kind) ? podRoot(kind) : OBJECT;
      let found = NOTHING;
      for (const compiled of validations()) {
        const more = violations(compiled, judged, manifest, root);
        if (more.length > 0) found = found.length === 0 ? more : [...found, ...more];
      }
      return found;
    },
  };
}

const NOTHING: readonly Violation[] = [];

const OBJECT: Path = [];

/** Where a kind's pod has its spec: one path for all objects of the kind. */
function podRoot(kind: PodKind): Path {
  const known = podRoots.get(kind) ?? [...kind.pod, 'spec'];
  podRoots.set(kind, known);
  return known;
}

const podRoots = new WeakMap<PodKind, Path>();

function withElement(names: Names<Scope>, as: string | undefined): Names<Scope> {
  return (name) => (name === as ? ({ element }) => element : names(name));
}

interface CompiledValidation {
  readonly validation: Validation;
  readonly field: readonly string[];
  readonly run: Program<Scope>;
}

function violations(
  { validation, field, run }: CompiledValidation,
  judged: Judged,
  manifest: Manifest,
  root: Path,
): readonly Violation[] {
  const { forEach } = validation;
  if (forEach === undefined) {
    const result = run(judged.scope);
    return result === true ? NOTHING : [violation(validation, manifest, [...root, ...field], result)];
  }
  let found: Violation[] | undefined;
  for (const element of judged.elements(forEach.within === 'podSpec' ? root : OBJECT, forEach)) {
    // A list that is none breaks the validation also where the expression does not look at its elements.
    const result = element.isList ? element.value : run({ judged, element: element.value });
    if (result === true) continue;
    (found ??= []).push(violation(validation, manifest, [...element.path, ...field], result, element));
  }
  return found ?? NOTHING;
}

function violation(
  validation: Validation,
  manifest: Manifest,
  path: Path,
  result: Value,
  element?: Element,
): Violation {
  const value = validation.showsValue === true ? at(manifest, path) : undefined;
  const container =
    validation.forEach?.as === 'container' && isFields(element!.value) ? element!.value.name : undefined;
  const found: { -readonly [Key in keyof Violation]: Violation[Key] } = {
    validation,
    path: formatPath(path),
  };
  if (value !== undefined && !(value instanceof Fault)) found.value = value;
  if (typeof container === 'string') found.container = container;
  if (result === UNKNOWN) found.undetermined = true;
  return found;
}
