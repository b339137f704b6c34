import { PROTOCOLS } from '../model';
import type { AddressSet } from './address-set';
import { compare, type AddressTarget, type Cluster, type PodPoint } from './cluster';
import { summaryOf } from './policy-summary';
import { ANY, openingsOf, OPEN, type Side } from './openings';
import {
  LAST_PORT,
  type AddressPoint,
  type Flow,
  type Opening,
  type Point,
  type Reachability,
  type WorkloadPoint,
} from './reachability';
import type { Answer } from './selector';
import { best, Sides, type Block, type Direction } from './sides';

/** What can reach what in a cluster. */
export function reachabilityOf(cluster: Cluster, sides = new Sides(cluster)): Reachability {
  const flows = [...podFlows(cluster, sides)];
  cluster.pods.forEach((_, at) => flows.push(...otherFlows(cluster, sides, at)));
  const points = pointsOf(cluster, sides);
  const order = new Map(points.map(({ id }, index) => [id, index]));
  const place = (id: string): number => order.get(id)!;
  return {
    format: 'keelson/reachability',
    version: 1,
    network: cluster.network,
    foreign: cluster.foreign,
    points,
    flows: flows.sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to)),
    policies: cluster.policies.map(summaryOf).sort((a, b) => compare(a.name, b.name)),
    notCounted: cluster.notCounted,
  };
}

/** From pods to pods, by whatever the narrower side lets through. */
function* podFlows({ pods }: Cluster, sides: Sides): Generator<Flow> {
  const everyone = pods.map((_, index) => index);
  for (const to of everyone) {
    for (const from of sides.candidates('ingress', to) ?? everyone) {
      // One pod reaches itself, whatever policies say.
      if (from === to && pods[to]!.kind === 'Pod') continue;
      if (isUnknown(pods[from]!, sides, 'egress', from)) continue;
      const { ports } = pods[to]!;
      const egress = sides.withPods('egress', from, to, ports);
      if (egress.length === 0) continue;
      const openings = openingsOf(egress, sides.withPods('ingress', to, from, ports), ANY);
      if (openings.length > 0) yield { from: pods[from]!.id, to: pods[to]!.id, openings };
    }
  }
}

/** Between pods and what is no pod of the cluster. */
function* otherFlows(cluster: Cluster, sides: Sides, at: number): Generator<Flow> {
  for (const direction of ['ingress', 'egress'] as const) {
    if (isUnknown(cluster.pods[at]!, sides, direction, at)) continue;
    for (const [other, openings] of otherOpenings(cluster, sides, direction, at)) {
      if (openings.length === 0) continue;
      const { id } = cluster.pods[at]!;
      yield direction === 'egress' ? { from: id, to: other, openings } : { from: other, to: id, openings };
    }
  }
}

/** What is not among the objects is known as far as policies hold it. */
function isUnknown({ virtual }: PodPoint, sides: Sides, direction: Direction, at: number): boolean {
  return virtual && sides.of(direction, at).deniedBy.length === 0;
}

function* otherOpenings(
  { pods, targets }: Cluster,
  sides: Sides,
  direction: Direction,
  at: number,
): Generator<readonly [string, readonly Opening[]]> {
  // Names of ports are those of the pods that are reached: addresses have none, and of pods elsewhere they are not known.
  const names = direction === 'ingress' ? pods[at]!.ports : [];
  const opened = (side: Side, within = ANY): readonly Opening[] =>
    direction === 'egress' ? openingsOf(side, OPEN, within) : openingsOf(OPEN, side, within);
  for (const target of targets) {
    // The metadata service answers, and calls nobody.
    if (direction === 'ingress' && target.point.type === 'metadata') continue;
    const parts = direction === 'egress' ? target.reached : [{ addresses: target.calls, within: ANY }];
    const openings = parts.flatMap(({ addresses, within }) =>
      opened(
        sides.through(direction, at, names, ({ everybody, blocks }) =>
          everybody ? 'yes' : best(blocks, (block) => meets(block, target, addresses)),
        ),
        within,
      ),
    );
    yield [target.point.id, inOrder(openings)];
  }
  for (const block of sides.of(direction, at).blocks) {
    const side = sides.through(direction, at, names, (rule) => (rule.blocks.includes(block) ? 'yes' : 'no'));
    yield [block.id, opened(side)];
  }
  for (const peer of sides.elsewhere) {
    const side = sides.through(direction, at, direction === 'ingress' ? names : undefined, (rule) =>
      sides.isFor(rule, peer),
    );
    yield [peer, opened(side)];
  }
}

/** Whether a block holds addresses of a target; `outside` is more than any block. */
function meets(block: Block, target: AddressTarget, addresses: AddressSet): Answer {
  if (target.point.type === 'outside') return 'no';
  if (target.unknown) return 'maybe';
  // Which addresses of a range are taken, nobody says.
  if (block.addresses.coversOneOf(addresses)) return 'yes';
  return block.addresses.meets(addresses) ? 'maybe' : 'no';
}

/** The openings of several addresses of one point: each has ports of its own. */
function inOrder(openings: readonly Opening[]): readonly Opening[] {
  const order = (one: Opening): number => PROTOCOLS.indexOf(one.protocol) * (LAST_PORT + 1) + one.port;
  return [...openings].sort((a, b) => order(a) - order(b));
}

/** Everything that flows name, and every workload. */
function pointsOf(cluster: Cluster, sides: Sides): readonly Point[] {
  const workloads = cluster.pods.map((pods, at): WorkloadPoint => {
    const { id, kind, namespace, name, source, ports, hostNetwork, virtual } = pods;
    const ingressDeniedBy = sides.of('ingress', at).deniedBy;
    const egressDeniedBy = sides.of('egress', at).deniedBy;
    const flags = { ...(virtual ? { virtual } : {}), ...(hostNetwork ? { hostNetwork } : {}) };
    return {
      id,
      type: 'workload',
      kind,
      namespace,
      name,
      source,
      ports,
      ...flags,
      ingressDeniedBy,
      egressDeniedBy,
    };
  });
  const blocks = sides.allBlocks.map(({ id, cidr, except }): AddressPoint => ({
    id,
    type: 'addresses',
    ranges: [cidr],
    ...(except.length === 0 ? {} : { except }),
  }));
  return [
    ...workloads,
    ...sides.elsewhere.map((id): Point => ({ id, type: 'elsewhere' })),
    ...cluster.targets.map(({ point }) => point),
    ...blocks,
  ];
}
