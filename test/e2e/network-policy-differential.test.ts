import fc from 'fast-check';
import type { Manifest } from '../../constructs';
import { ReachabilityIndex, reachabilityOf, readCluster } from '../../reachability';
import { askCyclonus, type Packet } from '../tools/cyclonus/cyclonus';
import { EXCLUSIONS, forCyclonus } from '../tools/cyclonus/exclusions';
import {
  canMeet,
  interestingPorts,
  networkCases,
  outsideOf,
  PROTOCOLS,
} from '../unit/support/network-policy-cases';
import { namespace, pod, policy } from '../unit/support/reach';

/** Another one each time; set `KEELSON_SEED` to that of a failed run to see it again. */
const seed = Number(process.env.KEELSON_SEED ?? Date.now() % 1e9);

const CASES = 5000;
const AT_ONCE = 500;
/** Ports that are asked of each pair, of all the interesting ones. */
const PORTS = 2;

it(`agrees with cyclonus over random clusters (KEELSON_SEED=${seed})`, () => {
  const counted = { clusters: 0, policies: 0, open: 0, denied: 0 };
  const drawn = fc.sample(networkCases, { seed, numRuns: CASES });
  for (let start = 0; start < drawn.length; start += AT_ONCE) {
    const questions = drawn.slice(start, start + AT_ONCE).map(({ objects: all, pods: some }) => {
      const objects = forCyclonus(all);
      const pods = some.filter((one) => objects.includes(one));
      return { objects, packets: packetsOf(objects, pods) };
    });
    askCyclonus(questions).forEach((verdicts, at) => {
      const { objects, packets } = questions[at]!;
      if ('error' in verdicts) throw new Error(`${verdicts.error}: ${JSON.stringify(objects)}`);
      const index = indexOf(objects);
      const mine = packets.map((packet) => allows(index, packet));
      const differences = packets.filter((_, i) => mine[i] !== verdicts.allowed[i]);
      if (differences.length > 0)
        throw new Error(`${JSON.stringify(differences[0])} is different in ${JSON.stringify(objects)}`);
      counted.clusters += 1;
      counted.policies += objects.filter(({ kind }) => kind === 'NetworkPolicy').length;
      counted.open += mine.filter((open) => open).length;
      counted.denied += mine.filter((open) => !open).length;
    });
  }
  console.log(`cyclonus: seed ${seed}, ${JSON.stringify(counted)}`);
  // It shows nothing where what is gone around is nearly everything, or all verdicts are the same.
  expect(counted.clusters).toBe(CASES);
  expect(counted.policies).toBeGreaterThan(CASES);
  expect(Math.min(counted.open, counted.denied)).toBeGreaterThan(100_000);
  // A first build of the program takes more than a minute.
}, 600_000);

/** For each exclusion a cluster over which cyclonus says something else than the API without it. */
const NEEDED: Readonly<Record<string, readonly Manifest[]>> = {
  'policy types that are not written': [policy('a/p', { podSelector: {} })],
  'NotIn over a label that somebody lacks': [
    policy('a/p', {
      podSelector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['x'] }] },
      policyTypes: ['Ingress'],
    }),
  ],
  'matchLabels with an empty value': [
    policy('a/p', { podSelector: { matchLabels: { tier: '' } }, policyTypes: ['Ingress'] }),
  ],
  'pods in the network of their node': [
    pod('a/node', {}, { ips: ['10.0.0.3'], hostNetwork: true }),
    policy('a/p', { podSelector: {}, policyTypes: ['Ingress'] }),
  ],
};

describe('what is gone around is', () => {
  it('listed with a cluster each', () => {
    expect(Object.keys(NEEDED)).toEqual(Object.keys(EXCLUSIONS));
  });

  it.each(Object.entries(EXCLUSIONS))('needed: %s', (name, exclusion) => {
    const all = [
      namespace('a'),
      pod('a/one', {}, { ips: ['10.0.0.1'] }),
      pod('a/two', {}, { ips: ['10.0.0.2'] }),
      ...NEEDED[name]!,
    ];
    const others = Object.values(EXCLUSIONS).filter((one) => one !== exclusion);
    expect(agrees(forCyclonus(all, others))).toBe(false);
    expect(agrees(forCyclonus(all))).toBe(true);
  });
});

function agrees(objects: readonly Manifest[]): boolean {
  const packets = packetsOf(
    objects,
    objects.filter(({ kind }) => kind === 'Pod'),
  );
  const [verdicts] = askCyclonus([{ objects, packets }]);
  const index = indexOf(objects);
  return (
    'allowed' in verdicts! && packets.every((packet, at) => allows(index, packet) === verdicts.allowed[at])
  );
}

/** Every pair that has a family in common, by every protocol, at a few ports: others for each pair. */
function packetsOf(objects: readonly Manifest[], pods: readonly Manifest[]): readonly Packet[] {
  const ports = interestingPorts({ objects, pods });
  const ends = [...pods, ...outsideOf({ objects, pods })];
  let turn = 0;
  return ends.flatMap((from) =>
    ends.flatMap((to) => {
      if (from === to || (typeof from === 'string' && typeof to === 'string') || !canMeet(from, to))
        return [];
      return PROTOCOLS.flatMap((protocol) => {
        turn += PORTS;
        const some = Array.from({ length: PORTS }, (_, i) => ports[(turn + i) % ports.length]!);
        return [...new Set(some)].map((port) => ({ from, to, protocol, port }));
      });
    }),
  );
}

function indexOf(objects: readonly Manifest[]): ReachabilityIndex {
  return new ReachabilityIndex(
    reachabilityOf(readCluster(objects.map((manifest) => ({ manifest, source: 'test', live: true })))),
  );
}

function allows(index: ReachabilityIndex, { from, to, protocol, port }: Packet): boolean {
  return index.allows({ from: idOf(from), to: idOf(to), protocol: protocol as 'TCP', port });
}

function idOf(end: Manifest | string): string {
  return typeof end === 'string' ? end : `Pod ${end.metadata.namespace}/${end.metadata.name}`;
}
