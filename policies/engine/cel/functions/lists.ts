import { compare, equal } from '../equal';
import { CelError, Fault, noOverload, worse } from '../fault';
import { Duration, isList, Uint, type Value } from '../value';
import { ARITHMETIC } from './arithmetic';
import type { FunctionTable, Implementation } from './table';

type List = readonly Value[];

/** The fault among the elements, where there is one: a function that looks at each of them has no other result. */
export function faultAmong(...lists: readonly List[]): Fault | undefined {
  let fault: Fault | undefined;
  for (const list of lists) for (const each of list) if (each instanceof Fault) fault = worse(fault, each);
  return fault;
}

/** A function over a list, all of whose elements it needs to know. */
function ofList(name: string, implementation: (list: List, other: Value) => Value): Implementation {
  return (list, other) =>
    isList(list) ? (faultAmong(list) ?? implementation(list, other!)) : noOverload(name);
}

/** Index of the first element that equals; -1 where there is none. */
export function indexOfElement(list: List, element: Value): Value {
  return faultAmong(list) ?? BigInt(list.findIndex((each) => equal(each, element) === true));
}

/** Index of the last element that equals; -1 where there is none. */
export function lastIndexOfElement(list: List, element: Value): Value {
  const last = list.map((each) => equal(each, element) === true).lastIndexOf(true);
  return faultAmong(list) ?? BigInt(last);
}

/** Values that have an order among their like. The API server ignores it where two are of different types. */
function isComparable(value: Value): boolean {
  return Number.isNaN(value) || typeof compare(value, value) === 'number';
}

function isSorted(list: List): Value {
  if (!list.every(isComparable)) return noOverload('isSorted');
  for (let i = 1; i < list.length; i += 1) {
    if (Number(compare(list[i - 1]!, list[i]!)) > 0) return false;
  }
  return true;
}

function extreme(name: string, prefers: (order: number) => boolean): Implementation {
  return ofList(name, (list) => {
    if (list.length === 0) return new CelError(`${name} called on empty list`);
    if (!list.every(isComparable)) return noOverload(name);
    let best: Value = list[0]!;
    for (const each of list) {
      if (prefers(Number(compare(each, best)))) best = each;
    }
    return best;
  });
}

function sum(list: List): Value {
  const [first, ...rest] = list;
  if (first === undefined) return 0n;
  const summable = typeof first === 'bigint' || typeof first === 'number' || first instanceof Uint;
  if (!summable && !(first instanceof Duration)) return noOverload('sum');
  return rest.reduce<Value>(
    (total, each) => (total instanceof Fault ? total : ARITHMETIC['_+_/2']!(total, each)),
    first,
  );
}

type SetTest = (a: List, b: List) => boolean;

function sets(name: string, test: SetTest): Implementation {
  return (a, b) => (isList(a!) && isList(b!) ? (faultAmong(a, b) ?? test(a, b)) : noOverload(name));
}

const holds = (list: List, element: Value): boolean => list.some((each) => equal(each, element) === true);
const holdsAll: SetTest = (a, b) => b.every((element) => holds(a, element));

/** Functions over lists, and over lists as sets. */
export const LISTS: FunctionTable = {
  '.isSorted/0': ofList('isSorted', isSorted),
  '.sum/0': ofList('sum', sum),
  '.min/0': extreme('min', (order) => order < 0),
  '.max/0': extreme('max', (order) => order > 0),
  '.includes/1': (list, element) =>
    isList(list!) ? ARITHMETIC['@in/2']!(element!, list) : equal(list!, element!),
  'sets.contains/2': sets('sets.contains', holdsAll),
  'sets.equivalent/2': sets('sets.equivalent', (a, b) => holdsAll(a, b) && holdsAll(b, a)),
  'sets.intersects/2': sets('sets.intersects', (a, b) => a.some((element) => holds(b, element))),
};
