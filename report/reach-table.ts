import {
  formatPorts,
  isEverything,
  type Flow,
  type Opening,
  type Point,
  type Reachability,
} from '../reachability';
import type { Palette } from './colour';
import { printable } from './printable';
import { shortNames } from './reach-names';

/** What can reach what, for a person: each source with its destinations, then a line that counts. */
export function reachTable(reachability: Reachability, palette: Palette): string {
  const { points, flows } = reachability;
  const names = shortNames(points);
  const shown = (id: string): string => printable(names.get(id) ?? id);
  const width = Math.min(60, Math.max(0, ...flows.map(({ to }) => shown(to).length)));
  const bySource = new Map<string, Flow[]>(points.map(({ id }) => [id, []]));
  for (const flow of flows) bySource.get(flow.from)?.push(flow);
  const lines: string[] = [];
  for (const point of points) {
    const from = bySource.get(point.id) ?? [];
    const held = holding(point);
    if (from.length === 0 && (point.type !== 'workload' || point.virtual)) continue;
    lines.push(`${palette.strong(shown(point.id))}${held === '' ? '' : `  ${palette.faint(held)}`}`);
    for (const flow of from)
      lines.push(`  → ${shown(flow.to).padEnd(width)}  ${portsOf(flow)}  ${palette.faint(byWhom(flow))}`);
    if (from.length === 0) lines.push(`  → ${palette.faint('nothing')}`);
  }
  return [...lines, '', ...summaryLines(reachability)].join('\n');
}

/** The ports of a flow, in a few words. */
export function portsOf({ openings }: Pick<Flow, 'openings'>): string {
  const possible = openings.length > 0 && openings.every((one) => one.possible) ? ' (possibly)' : '';
  if (isEverything(openings)) return `everything${possible}`;
  return (
    openings
      .map((opening) => `${formatPorts(opening)}${opening.possible && possible === '' ? ' (possibly)' : ''}`)
      .join(', ') + possible
  );
}

/** Who opens a flow: the policies of both sides, or nobody. */
export function byWhom({
  openings,
}: {
  readonly openings: readonly Pick<Opening, 'egress' | 'ingress'>[];
}): string {
  const names = [...new Set(openings.flatMap(({ egress, ingress }) => [...egress, ...ingress]))];
  return names.length === 0 ? 'nothing denies it' : `by ${names.map(printable).join(', ')}`;
}

function holding(point: Point): string {
  if (point.type !== 'workload') return '';
  if (point.virtual) return point.source;
  if (point.hostNetwork) return 'in the network of its node: no policy holds it';
  const open = [
    ...(point.ingressDeniedBy.length === 0 ? ['everything comes in that others let out'] : []),
    ...(point.egressDeniedBy.length === 0 ? ['everything goes out that others let in'] : []),
  ];
  return open.join(', ');
}

/** What is open in numbers, and what was not counted. */
export function summaryLines({ points, flows, notCounted, network }: Reachability): readonly string[] {
  const workloads = new Set(
    points.filter((point) => point.type === 'workload' && !point.virtual).map(({ id }) => id),
  );
  const pairs = workloads.size * Math.max(0, workloads.size - 1);
  const open = flows.filter(({ from, to }) => from !== to && workloads.has(from) && workloads.has(to)).length;
  const others = Object.entries(notCounted).map(([kind, count]) => `${count} ${printable(kind)}`);
  return [
    `${open} of ${pairs} pairs of ${workloads.size} workloads are open; the rest is denied in all ports.`,
    'A pod and its own node always reach each other: the kubelet probes it.',
    ...(network.apiServer === undefined
      ? [
          'The addresses of the API server are not known, so that what may be it counts as open. Say them with --network.',
        ]
      : []),
    ...(network.pods === undefined && hasPossiblePods(flows, points)
      ? [
          'The addresses of pods are not known, so that ranges that may be theirs count as possibly open. Say them with --network.',
        ]
      : []),
    ...(others.length === 0 ? [] : [`Not counted, and they may open or close more: ${others.join(', ')}.`]),
  ];
}

/** Whether a range that a policy names may be where workloads are. */
function hasPossiblePods(flows: readonly Flow[], points: readonly Point[]): boolean {
  const workloads = new Set(points.filter(({ type }) => type === 'workload').map(({ id }) => id));
  return (
    points.some(({ type }) => type === 'addresses') &&
    flows.some(
      ({ from, to, openings }) =>
        from !== to && workloads.has(from) && workloads.has(to) && openings.some(({ possible }) => possible),
    )
  );
}
