import { formatPorts, ReachabilityIndex, type Opening, type Point, type Reachability } from '../reachability';
import { printable } from './printable';

/** Why one point reaches another, or does not: a sentence for each port, with the policies and where they stand. */
export function reachExplained(reachability: Reachability, from: Point, to: Point): string {
  const sources = new Map(reachability.policies.map(({ name, source }) => [name, source]));
  const named = (policies: readonly string[]): string =>
    policies.map((name) => `${printable(name)} (${printable(sources.get(name) ?? 'unknown')})`).join(', ');
  const title = `${printable(from.id)} → ${printable(to.id)}`;
  const index = new ReachabilityIndex(reachability);
  const openings = index.between(from.id, to.id)?.openings ?? [];
  const others = throughOthers(index, from, to);
  if (openings.length > 0 || others.length > 0)
    return [
      `${title}: ${openings.length > 0 || others.some(({ whole }) => whole) ? 'open' : 'open in part'}`,
      ...openings.flatMap((opening) => why(opening, named)),
      ...others.flatMap(({ id, whole, openings: opened }) => [
        `  through ${printable(id)}, which holds ${whole ? 'it' : 'a part of it'}:`,
        ...opened.flatMap((opening) => why(opening, named)).map((line) => `  ${line}`),
      ]),
    ].join('\n');
  const denied = [
    ...(from.type === 'workload' && from.egressDeniedBy.length > 0
      ? [`  out of ${printable(from.id)}: what no rule opens is denied by ${named(from.egressDeniedBy)}`]
      : []),
    ...(to.type === 'workload' && to.ingressDeniedBy.length > 0
      ? [`  into ${printable(to.id)}: what no rule opens is denied by ${named(to.ingressDeniedBy)}`]
      : []),
  ];
  return [`${title}: denied in all ports`, ...denied].join('\n');
}

/** Flows name each range once, as policies write it: an address of it may be in another one, too. */
function throughOthers(index: ReachabilityIndex, from: Point, to: Point) {
  return [
    ...index.overlapping(from.id).map((other) => ({ ...other, flow: index.between(other.id, to.id) })),
    ...index.overlapping(to.id).map((other) => ({ ...other, flow: index.between(from.id, other.id) })),
  ].flatMap(({ id, whole, flow }) => (flow === undefined ? [] : [{ id, whole, openings: flow.openings }]));
}

function why(opening: Opening, named: (policies: readonly string[]) => string): readonly string[] {
  const { egress, ingress, possible } = opening;
  return [
    `  ${formatPorts(opening)}${possible ? ': possibly, as nobody can tell from the objects' : ''}`,
    `    out: ${egress.length === 0 ? 'nothing denies it' : `by ${named(egress)}`}`,
    `    in:  ${ingress.length === 0 ? 'nothing denies it' : `by ${named(ingress)}`}`,
  ];
}
