import fc from 'fast-check';
import { ReachabilityIndex, reachabilityOf, readCluster } from '../../../reachability';
import type { Manifest } from '../../../constructs';
import {
  canMeet,
  interestingPorts,
  networkCases,
  outsideOf,
  PROTOCOLS,
} from '../support/network-policy-cases';
import { allowed } from '../support/network-policy-reference';

/** Another one each time; set `KEELSON_SEED` to that of a failed run to see it again. */
const seed = Number(process.env.KEELSON_SEED ?? Date.now() % 1e9);

const CASES = 200;

it(`agrees with an evaluator that knows no shortcut over random clusters (KEELSON_SEED=${seed})`, () => {
  const verdicts = { open: 0, denied: 0 };
  fc.assert(
    fc.property(networkCases, (drawn) => {
      const { objects, pods } = drawn;
      const cluster = readCluster(objects.map((manifest) => ({ manifest, source: 'test', live: true })));
      expect(cluster.problems).toEqual([]);
      const index = new ReachabilityIndex(reachabilityOf(cluster));
      const ports = interestingPorts(drawn);
      const ends: (Manifest | string)[] = [...pods, ...outsideOf(drawn)];
      const differences: unknown[] = [];
      for (const from of ends)
        for (const to of ends) {
          // A pod reaches itself, and what is outside is not ours.
          if (from === to || (typeof from === 'string' && typeof to === 'string')) continue;
          if (!canMeet(from, to)) continue;
          for (const protocol of PROTOCOLS)
            for (const port of ports) {
              const traffic = { from: idOf(from), to: idOf(to), protocol, port };
              const openings = index.openings(traffic);
              const expected = allowed(objects, from, to, protocol, port);
              verdicts[expected ? 'open' : 'denied'] += 1;
              // Everything is known here but what plugins do with pods in the network of their node.
              const certain = openings.some(({ possible }) => possible !== true);
              if (openings.length > 0 !== expected || (expected && !certain && !onNode(from) && !onNode(to)))
                differences.push({ ...traffic, expected, openings });
            }
        }
      expect(differences.slice(0, 3)).toEqual([]);
    }),
    { seed, numRuns: CASES },
  );
  // It shows nothing where all verdicts are the same.
  expect(Math.min(verdicts.open, verdicts.denied)).toBeGreaterThan(20_000);
});

function idOf(end: Manifest | string): string {
  return typeof end === 'string' ? end : `Pod ${end.metadata.namespace}/${end.metadata.name}`;
}

function onNode(end: Manifest | string): boolean {
  return typeof end !== 'string' && (end.spec as { readonly hostNetwork?: boolean }).hostNetwork === true;
}
