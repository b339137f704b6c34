import type { Point } from '../reachability';

/**
 * How people call points: workloads by namespace and name, with their kind only where two kinds share both; everything else
 * as it is.
 */
export function shortNames(points: readonly Point[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const uses = new Map<string, number>();
  for (const point of points) {
    const name = shortName(point);
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  for (const point of points) {
    const name = shortName(point);
    names.set(point.id, uses.get(name) === 1 ? name : point.id);
  }
  return names;
}

function shortName(point: Point): string {
  if (point.type !== 'workload' || point.id === 'dns') return point.id;
  return `${point.namespace}/${point.name}`;
}
