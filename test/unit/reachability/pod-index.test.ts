import fc from 'fast-check';
import {
  PodIndex,
  readCluster,
  selects,
  type Labels,
  type Requirement,
  type Selector,
} from '../../../reachability';
import { namespace, template } from '../support/reach';
import type { Manifest } from '../../../constructs';

const NAMESPACES = ['a', 'b', 'c'];
/** The last one is unknown of some kinds. */
const KEYS = ['app', 'tier', 'constructor', 'pod-template-hash'];
const VALUES = ['x', 'y', ''];

const labels = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES), { noNullPrototype: true });

const pods = fc.array(
  fc.record({
    namespace: fc.constantFrom(...NAMESPACES),
    kind: fc.constantFrom('Deployment', 'DaemonSet'),
    labels,
  }),
  { maxLength: 8 },
);

const requirement: fc.Arbitrary<Requirement> = fc
  .record({
    key: fc.constantFrom(...KEYS, 'kubernetes.io/metadata.name'),
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
    values: fc.array(fc.constantFrom(...VALUES, ...NAMESPACES), { minLength: 1, maxLength: 3 }),
  })
  .map((one) => (/In$/.test(one.operator) ? one : { ...one, values: [] }));

const selector: fc.Arbitrary<Selector> = fc.array(requirement, { maxLength: 3 });

/** What a requirement says of labels that are all known. */
function holds({ key, operator, values }: Requirement, known: Readonly<Record<string, string>>): boolean {
  const value = new Map(Object.entries(known)).get(key);
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  return (value !== undefined && values.includes(value)) === (operator === 'In');
}

/** By trying everything that a label which is not known may be: absent, any value that is named, and another one. */
function naive(selector: Selector, { values, unknown }: Labels): string {
  const tried = [...unknown].reduce<readonly Readonly<Record<string, string>>[]>(
    (all, key) =>
      all.flatMap((known) => [
        known,
        ...[...VALUES, ...NAMESPACES, 'other'].map((value) => ({ ...known, [key]: value })),
      ]),
    [values],
  );
  const answers = new Set(tried.map((known) => selector.every((one) => holds(one, known))));
  return answers.size === 2 ? 'maybe' : answers.has(true) ? 'yes' : 'no';
}

const single: fc.Arbitrary<Selector> = fc.uniqueArray(requirement, {
  maxLength: 3,
  selector: ({ key }) => key,
});

it('selects as a loop over everything that unknown labels may be', () => {
  fc.assert(
    // One requirement for each key: that two contradict each other is not looked for, and is `maybe`.
    fc.property(single, labels, fc.subarray(KEYS), (wanted, given, keys) => {
      const values = Object.fromEntries(Object.entries(given).filter(([key]) => !keys.includes(key)));
      const its = { values, unknown: new Set(keys) };
      expect(selects(wanted, its)).toBe(naive(wanted, its));
    }),
    { numRuns: 1000 },
  );
});

it('finds the pods that a loop over all of them finds', () => {
  fc.assert(
    fc.property(
      pods,
      fc.dictionary(fc.constantFrom(...NAMESPACES), labels, { noNullPrototype: true }),
      fc.array(fc.tuple(selector, selector), { minLength: 1, maxLength: 3 }),
      (drawn, declared, selectors) => {
        const cluster = readCluster(
          [
            ...Object.entries(declared).map(([name, own]) => namespace(name, own)),
            ...drawn.map(({ kind, labels: own, ...rest }, at): Manifest => ({
              apiVersion: 'apps/v1',
              kind,
              metadata: { namespace: rest.namespace, name: `p${at}` },
              spec: { template: template(own) },
            })),
          ].map((manifest) => ({ manifest, source: 'test' })),
        );
        const index = new PodIndex(cluster);
        const loop = (test: (at: number) => string): unknown =>
          cluster.pods.flatMap((_, at) => (test(at) === 'no' ? [] : [[at, test(at)]]));
        // Twice, as what was found before is remembered.
        for (const [namespaces, wanted] of [...selectors, ...selectors]) {
          for (const name of NAMESPACES) {
            const found = loop((at) =>
              cluster.pods[at]!.namespace === name ? selects(wanted, cluster.pods[at]!.labels) : 'no',
            );
            expect(sorted(index.inNamespace(name, wanted))).toEqual(found);
            expect(sorted(index.ofPeer({ type: 'pods', namespace: name, pods: wanted }))).toEqual(found);
          }
          expect(sorted(index.ofPeer({ type: 'pods', namespaces, pods: wanted }))).toEqual(
            loop((at) => {
              const answers = [
                selects(namespaces, cluster.namespaces.get(cluster.pods[at]!.namespace)!),
                selects(wanted, cluster.pods[at]!.labels),
              ];
              if (answers.includes('no')) return 'no';
              return answers.includes('maybe') ? 'maybe' : 'yes';
            }),
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});

function sorted(found: ReadonlyMap<number, string>): unknown {
  return [...found].sort(([a], [b]) => a - b);
}
