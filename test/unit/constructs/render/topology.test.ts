import fc from 'fast-check';
import { sortByDependency } from '../../../../constructs/render/topology';
import { problemsOf } from '../../support/problems';

/** Dependencies of item i, in any direction that makes no cycle: `rank` says which item comes before which. */
const randomDag = fc.integer({ min: 1, max: 30 }).chain((size) =>
  fc.record({
    items: fc.shuffledSubarray(
      Array.from({ length: size }, (_, index) => index),
      { minLength: size, maxLength: size },
    ),
    edges: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: size * 3 }),
  }),
);

function dependencies(edges: readonly (readonly [number, number])[]): (item: number) => readonly number[] {
  const lower = edges.filter(([a, b]) => a !== b).map(([a, b]) => [Math.max(a, b), Math.min(a, b)] as const);
  return (item) => lower.filter(([from]) => from === item).map(([, to]) => to);
}

describe('sortByDependency', () => {
  it('puts each item of any graph without cycles after what it depends on, once', () => {
    fc.assert(
      fc.property(randomDag, ({ items, edges }) => {
        const needs = dependencies(edges);
        const sorted = sortByDependency(items, needs, String);
        expect([...sorted].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
        const place = new Map(sorted.map((item, index) => [item, index]));
        for (const item of items) {
          for (const before of needs(item)) expect(place.get(before)!).toBeLessThan(place.get(item)!);
        }
      }),
    );
  });

  it('gives the same order for the same input', () => {
    fc.assert(
      fc.property(randomDag, ({ items, edges }) => {
        const needs = dependencies(edges);
        expect(sortByDependency(items, needs, String)).toEqual(sortByDependency(items, needs, String));
      }),
    );
  });

  it('leaves alone what is in order already', () => {
    fc.assert(
      fc.property(randomDag, ({ items, edges }) => {
        const needs = dependencies(edges);
        const sorted = sortByDependency(items, needs, String);
        expect(sortByDependency(sorted, needs, String)).toEqual(sorted);
      }),
    );
  });

  it('asks each item for its dependencies once, however many depend on it', () => {
    const asked: number[] = [];
    const items = Array.from({ length: 50 }, (_, index) => index);
    const needs = (item: number) => {
      asked.push(item);
      return items.slice(0, item);
    };
    sortByDependency(items, needs, String);
    expect(asked.sort((a, b) => a - b)).toEqual(items);
  });

  it('sorts a chain that is longer than the stack is deep', () => {
    const length = 100_000;
    const items = Array.from({ length }, (_, index) => index);
    const sorted = sortByDependency(items, (item) => (item + 1 < length ? [item + 1] : []), String);
    expect(sorted[0]).toBe(length - 1);
    expect(sorted).toHaveLength(length);
  });

  it.each<[string, Record<string, string[]>, string]>([
    ['itself', { a: ['a'] }, 'a → a'],
    ['a cycle behind other items', { x: ['a'], a: ['b'], b: ['c'], c: ['a'] }, 'a → b → c → a'],
  ])('names %s', (_what, graph, cycle) => {
    const sort = () => sortByDependency(Object.keys(graph), (item) => graph[item]!, String);
    expect(problemsOf(sort)).toMatchObject([
      { code: 'construct/invalid', where: 'a', message: `It depends on itself: ${cycle}.` },
    ]);
  });

  it('finds every cycle', () => {
    fc.assert(
      fc.property(randomDag, ({ items, edges }) => {
        const needs = dependencies(edges);
        const closed = (item: number) => (item === 0 ? [...needs(item), Math.max(...items)] : needs(item));
        const chained = (item: number) => (item > 0 ? [...closed(item), item - 1] : closed(item));
        expect(() => sortByDependency(items, chained, String)).toThrow('It depends on itself');
      }),
    );
  });
});
