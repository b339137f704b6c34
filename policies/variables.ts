import type { Control, Validation } from './control';
import { elementsExpression, elementsVariable, type Elements } from './elements';
import { isPodKind } from './kinds';
import { parameterVariables } from './parameters';
import { POD_VARIABLES, type Variable } from './subjects';

/** Whether a control judges pods, in whatever kind holds them. */
export function judgesPods(control: Control): boolean {
  return control.kinds.every(isPodKind);
}

/** Whether an object alone decides: only such a control can judge in the API server, which sees one object at a time. */
export function judgesAlone({ companions }: Pick<Control, 'companions'>): boolean {
  return companions === undefined;
}

/** The variables that a control's expressions may use, in the order in which they build on each other. */
export function variablesOf(control: Control): readonly Variable[] {
  const elements = new Map<string, Elements>();
  for (const { forEach } of control.validations) if (forEach !== undefined) elements.set(forEach.as, forEach);
  return [
    ...(judgesPods(control) ? POD_VARIABLES : []),
    ...[...elements.values()].map((each) => ({
      name: elementsVariable(each),
      expression: elementsExpression(each),
    })),
    ...parameterVariables(control),
  ];
}

/** A validation as one expression over the whole object, as the API server evaluates it. */
export function wholeExpression({ forEach, expression }: Validation): string {
  return forEach === undefined
    ? expression
    : `variables.${elementsVariable(forEach)}.all(${forEach.as}, ${expression})`;
}

/** CEL for the labels of the elements that break a validation, joined by commas. */
export function offendersExpression({ as, label }: Elements, expression: string): string {
  return `variables.${as}s.filter(${as}, !(${expression})).map(${as}, ${label}).join(", ")`;
}
