import type { Flow, Opening, Point, PolicySummary, Reachability, WorkloadPoint } from './reachability';

/** What changed between two points. */
export interface FlowChange {
  readonly from: string;
  readonly to: string;
  /** Ports, with the policies that open them. */
  readonly openings: readonly Opening[];
}

/** A direction in which pods are held by a policy in one version, and not in the other. */
export interface HoldChange {
  readonly id: string;
  readonly direction: 'ingress' | 'egress';
}

/** What another version of a cluster opens and closes. */
export interface ReachabilityDifference {
  /** What is open after, and was not before. */
  readonly opened: readonly FlowChange[];
  /** What was open before, and is not after. */
  readonly closed: readonly FlowChange[];
  /** What policies denied by default before, and nothing does after. */
  readonly released: readonly HoldChange[];
  /** What nothing denied by default before, and policies do after. */
  readonly held: readonly HoldChange[];
  /** Policies that are new or say something else, and those that are gone or said it; their names do not count. */
  readonly policiesAfter: readonly PolicySummary[];
  readonly policiesBefore: readonly PolicySummary[];
  /** Points that are new, and those that are gone. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Kinds of policies that are not judged, of which there are more or fewer than before. */
  readonly notCounted: readonly CountChange[];
}

/** How many there are of a kind that may open or close more. */
export interface CountChange {
  /** `apiVersion/kind`. */
  readonly kind: string;
  readonly before: number;
  readonly after: number;
}

/** What changes from one version to another. */
export function differenceOf(before: Reachability, after: Reachability): ReachabilityDifference {
  return {
    opened: missingFrom(before.flows, after.flows),
    closed: missingFrom(after.flows, before.flows),
    released: freed(before.points, after.points),
    held: freed(after.points, before.points),
    policiesAfter: newIn(before.policies, after.policies),
    policiesBefore: newIn(after.policies, before.policies),
    added: idsMissingFrom(before.points, after.points),
    removed: idsMissingFrom(after.points, before.points),
    notCounted: countChanges(before.notCounted, after.notCounted),
  };
}

function countChanges(
  before: Reachability['notCounted'],
  after: Reachability['notCounted'],
): readonly CountChange[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((kind) => ({ kind, before: before[kind] ?? 0, after: after[kind] ?? 0 }))
    .filter((change) => change.before !== change.after);
}

/** Whether nothing is different. */
export function isSame(difference: ReachabilityDifference): boolean {
  return Object.values(difference).every((list: readonly unknown[]) => list.length === 0);
}

/** What is in the second list of flows and not in the first. */
function missingFrom(known: readonly Flow[], flows: readonly Flow[]): readonly FlowChange[] {
  const byEnds = new Map(known.map((flow) => [key(flow), flow.openings]));
  return flows.flatMap((flow) => {
    const before = byEnds.get(key(flow)) ?? [];
    const openings = flow.openings.flatMap((opening) => before.reduce(without, [opening]));
    return openings.length === 0 ? [] : [{ from: flow.from, to: flow.to, openings }];
  });
}

function key({ from, to }: Flow): string {
  return `${from}\n${to}`;
}

/** What is left of openings where the ports of another are taken out. */
function without(openings: readonly Opening[], taken: Opening): Opening[] {
  return openings.flatMap((opening) => {
    const apart =
      opening.protocol !== taken.protocol || opening.endPort < taken.port || opening.port > taken.endPort;
    if (apart) return [opening];
    return [
      ...(opening.port < taken.port ? [{ ...opening, endPort: taken.port - 1 }] : []),
      ...(opening.endPort > taken.endPort ? [{ ...opening, port: taken.endPort + 1 }] : []),
    ];
  });
}

/** Policies of the second list that say what none of the first does. */
function newIn(
  known: readonly PolicySummary[],
  policies: readonly PolicySummary[],
): readonly PolicySummary[] {
  const said = new Set(known.map(contentOf));
  return policies.filter((policy) => !said.has(contentOf(policy)));
}

function contentOf({ pods, ingress, egress }: PolicySummary): string {
  return JSON.stringify([pods, ingress ?? null, egress ?? null]);
}

function freed(before: readonly Point[], after: readonly Point[]): readonly HoldChange[] {
  const known = new Map(before.filter(isWorkload).map((point) => [point.id, point]));
  return after.filter(isWorkload).flatMap((point) => {
    const was = known.get(point.id);
    if (was === undefined) return [];
    return (['ingress', 'egress'] as const)
      .filter((direction) => deniedBy(was, direction).length > 0 && deniedBy(point, direction).length === 0)
      .map((direction) => ({ id: point.id, direction }));
  });
}

function isWorkload(point: Point): point is WorkloadPoint {
  return point.type === 'workload';
}

function deniedBy(point: WorkloadPoint, direction: 'ingress' | 'egress'): readonly string[] {
  return direction === 'ingress' ? point.ingressDeniedBy : point.egressDeniedBy;
}

function idsMissingFrom(known: readonly Point[], points: readonly Point[]): readonly string[] {
  const ids = new Set(known.map(({ id }) => id));
  return points.map(({ id }) => id).filter((id) => !ids.has(id));
}
