/** The labels of one namespace, or of the pods of one workload. */
export interface Labels {
  readonly values: Readonly<Record<string, string>>;
  /** Keys of which only the cluster knows whether they are there, and their value, which may differ from pod to pod. */
  readonly unknown: ReadonlySet<string>;
}

/** One requirement of a label selector. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/** A label selector: everything it asks for has to hold. Without any requirement it selects all. */
export type Selector = readonly Requirement[];

/** Whether something is so; `maybe` where it cannot be told from the objects. */
export type Answer = 'yes' | 'maybe' | 'no';

/** Whether a selector selects what has these labels. */
export function selects(selector: Selector, labels: Labels): Answer {
  let answer: Answer = 'yes';
  for (const requirement of selector) {
    const one = meets(requirement, labels);
    if (one === 'no') return 'no';
    if (one === 'maybe') answer = 'maybe';
  }
  return answer;
}

/** A label that is not there is `NotIn` any list of values. */
function meets({ key, operator, values }: Requirement, labels: Labels): Answer {
  if (labels.unknown.has(key)) return 'maybe';
  const value = Object.hasOwn(labels.values, key) ? labels.values[key]! : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value) ? 'yes' : 'no';
    case 'NotIn':
      return value === undefined || !values.includes(value) ? 'yes' : 'no';
    case 'Exists':
      return value === undefined ? 'no' : 'yes';
    case 'DoesNotExist':
      return value === undefined ? 'yes' : 'no';
  }
}

/** Whether nothing can have labels that both selectors select, as far as their words show. */
export function excludes(a: Selector, b: Selector): boolean {
  return a.some((one) =>
    b.some((other) => one.key === other.key && (contradicts(one, other) || contradicts(other, one))),
  );
}

function contradicts(one: Requirement, other: Requirement): boolean {
  switch (one.operator) {
    case 'In':
      if (other.operator === 'In') return one.values.every((value) => !other.values.includes(value));
      if (other.operator === 'NotIn') return one.values.every((value) => other.values.includes(value));
      return other.operator === 'DoesNotExist';
    case 'Exists':
      return other.operator === 'DoesNotExist';
    default:
      return false;
  }
}

/** The less certain of two answers. */
export function both(a: Answer, b: Answer): Answer {
  if (a === 'no' || b === 'no') return 'no';
  return a === 'yes' && b === 'yes' ? 'yes' : 'maybe';
}

/** For example `app=api, tier in (a, b), !debug`; empty where it selects all. */
export function formatSelector(selector: Selector): string {
  return selector
    .map(({ key, operator, values }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
      return `${key} ${operator === 'In' ? 'in' : 'not in'} (${values.join(', ')})`;
    })
    .join(', ');
}

/** Whether labels have all the values that a Service asks for; those that are not known may. */
export function labelsMatch(wanted: Readonly<Record<string, unknown>>, labels: Labels): boolean {
  return Object.entries(wanted).every(
    ([key, value]) =>
      labels.unknown.has(key) || (Object.hasOwn(labels.values, key) && labels.values[key] === value),
  );
}
