import type { Point, WorkloadPoint } from '../../reachability';
import type { Scene } from './scene';

/** A row or a column of the matrix. */
export interface Slot {
  /** Its place in pixels from the start of the axis. */
  readonly offset: number;
  readonly label: string;
  readonly members: readonly string[];
  /** It is no workload and no namespace. */
  readonly apart: boolean;
}

/** What stands between the slots of two namespaces. */
export interface Heading {
  readonly offset: number;
  readonly label: string;
}

/** The rows or the columns of the matrix. */
export interface Axis {
  readonly slots: readonly Slot[];
  readonly headings: readonly Heading[];
  readonly length: number;
}

/** The room for the name of a namespace, in pixels. */
export const HEADING = 20;

/** With more points than this, a row or a column stands for a whole namespace. */
export const MOST_POINTS = 70;

/** Whether each point has a row and a column of its own. */
export function isExpanded({ reachability }: Scene): boolean {
  return reachability.points.length <= MOST_POINTS;
}

/** The rows, or the columns, with slots of one size. */
export function axisOf(scene: Scene, direction: 'from' | 'to', size: number): Axis {
  const flows = direction === 'from' ? scene.outgoing : scene.incoming;
  const others = scene.others.filter(
    ({ id, type }) => flows.has(id) || type === 'outside' || (direction === 'to' && ALWAYS.includes(type)),
  );
  const axis = new AxisBuilder(size);
  if (isExpanded(scene)) {
    axis.heading('not workloads');
    for (const { id } of others) axis.slot(id, [id], true);
    for (const { namespace, workloads } of scene.namespaces) {
      axis.heading(namespace);
      for (const workload of workloads) {
        const name = scene.nameWithin(namespace, workload.id);
        axis.slot(isHeld(workload, direction) ? name : `! ${name}`, [workload.id], false);
      }
    }
  } else {
    axis.heading('not workloads');
    for (const [label, members] of byType(scene, others)) axis.slot(label, members, true);
    axis.heading('namespaces');
    for (const { namespace, workloads } of scene.namespaces) {
      const [dns, rest] = [
        workloads.filter(({ id }) => id === 'dns'),
        workloads.filter(({ id }) => id !== 'dns'),
      ];
      if (dns.length > 0) axis.slot('dns', ['dns'], false);
      if (rest.length > 0)
        axis.slot(
          `${namespace} (${rest.length})`,
          rest.map(({ id }) => id),
          false,
        );
    }
  }
  return axis;
}

function isHeld(workload: WorkloadPoint, direction: 'from' | 'to'): boolean {
  const { virtual, egressDeniedBy, ingressDeniedBy } = workload;
  return virtual === true || (direction === 'from' ? egressDeniedBy : ingressDeniedBy).length > 0;
}

/** What a reviewer looks for, and what is good to see empty. */
const ALWAYS: readonly Point['type'][] = ['api-server', 'metadata', 'nodes'];

function byType(scene: Scene, points: readonly Point[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { id, type } of points) {
    const key = scene.outside.has(id) ? 'outside' : type;
    found.set(key, [...(found.get(key) ?? []), id]);
  }
  return new Map(
    [...found].map(([type, ids]) => [SEVERAL.includes(type) ? `${type} (${ids.length})` : type, ids]),
  );
}

/** Types of which there may be many. */
const SEVERAL: readonly string[] = ['addresses', 'elsewhere'];

class AxisBuilder implements Axis {
  public readonly slots: Slot[] = [];
  public readonly headings: Heading[] = [];
  public length = 0;

  public constructor(private readonly size: number) {}

  public heading(label: string): void {
    this.headings.push({ offset: this.length, label });
    this.length += HEADING;
  }

  public slot(label: string, members: readonly string[], apart: boolean): void {
    this.slots.push({ offset: this.length, label, members, apart });
    this.length += this.size;
  }
}
