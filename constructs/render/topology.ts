import { KeelsonError } from '../../model';

/**
 * Sorts items so that each stands after what it depends on. Items that do not depend on each other keep their order, so
 * that the result is the same on every run. Iterative, so that a long chain does not exhaust the stack.
 *
 * @param items in their natural order
 * @param dependenciesOf what has to stand before an item
 * @param nameOf for the error about a cycle
 * @throws KeelsonError naming the items of a cycle
 */
export function sortByDependency<T>(
  items: readonly T[],
  dependenciesOf: (item: T) => Iterable<T>,
  nameOf: (item: T) => string,
): T[] {
  const sorted: T[] = [];
  const state = new Map<T, 'open' | 'done'>();
  for (const start of items) {
    if (state.has(start)) continue;
    const path: { item: T; rest: Iterator<T> }[] = [];
    const enter = (item: T): void => {
      state.set(item, 'open');
      path.push({ item, rest: dependenciesOf(item)[Symbol.iterator]() });
    };
    enter(start);
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const next = top.rest.next();
      if (next.done === true) {
        state.set(top.item, 'done');
        sorted.push(top.item);
        path.pop();
      } else if (state.get(next.value) === 'open') {
        const cycle = path.map((step) => step.item);
        const names = [...cycle.slice(cycle.indexOf(next.value)), next.value].map(nameOf);
        throw new KeelsonError({
          code: 'construct/invalid',
          where: nameOf(next.value),
          message: `It depends on itself: ${names.join(' → ')}.`,
          fix: 'Remove one of these dependencies.',
        });
      } else if (!state.has(next.value)) {
        enter(next.value);
      }
    }
  }
  return sorted;
}
