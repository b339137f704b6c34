import type { Flow, Point, Reachability, WorkloadPoint } from '../../reachability';
import { shortNames } from '../reach-names';
import { grouped } from './grouped';
import { toldFlow } from './strength';

/** The points of a namespace. */
export interface NamespaceGroup {
  readonly namespace: string;
  readonly workloads: readonly WorkloadPoint[];
}

/** The data as the parts of the picture ask for it. */
export class Scene {
  /** What is no workload, those first that a reviewer asks for first. */
  public readonly others: readonly Exclude<Point, WorkloadPoint>[];
  public readonly namespaces: readonly NamespaceGroup[];
  public readonly outgoing: ReadonlyMap<string, readonly Flow[]>;
  public readonly incoming: ReadonlyMap<string, readonly Flow[]>;
  /** The ids of what is the rest of the world. */
  public readonly outside: ReadonlySet<string>;
  /** The ids of all workloads but the cluster's DNS. */
  public readonly crowd: readonly string[];
  private readonly crowds: ReadonlyMap<string, readonly string[]>;
  private readonly points: ReadonlyMap<string, Point>;
  private readonly names: ReadonlyMap<string, string>;

  public constructor(public readonly reachability: Reachability) {
    const { points, flows } = reachability;
    this.points = new Map(points.map((point) => [point.id, point]));
    this.names = shortNames(points);
    this.others = points.filter((point) => point.type !== 'workload').sort((a, b) => orderOf(a) - orderOf(b));
    this.outside = new Set(this.others.filter(isOutside).map(({ id }) => id));
    const workloads = points.filter((point) => point.type === 'workload');
    this.namespaces = [...grouped(workloads, ({ namespace }) => namespace)].map(([namespace, members]) => ({
      namespace,
      workloads: members,
    }));
    this.crowd = workloads.map(({ id }) => id).filter((id) => id !== 'dns');
    this.crowds = new Map(
      this.namespaces.map(({ namespace, workloads: members }) => [
        namespace,
        members.map(({ id }) => id).filter((id) => id !== 'dns'),
      ]),
    );
    this.outgoing = grouped(flows, ({ from }) => from);
    this.incoming = grouped(flows, ({ to }) => to);
  }

  /** The point of an id that a flow names. */
  public point(id: string): Point | undefined {
    return this.points.get(id);
  }

  /** The ids of the workloads of a namespace, but the cluster's DNS. */
  public crowdOf(namespace: string): readonly string[] {
    return this.crowds.get(namespace) ?? [];
  }

  /** How people call a point. */
  public name(id: string): string {
    return this.names.get(id) ?? id;
  }

  /** A flow in a sentence. */
  public told(flow: Flow): string {
    return `${this.name(flow.from)} → ${this.name(flow.to)}: ${toldFlow(flow)}`;
  }

  /** Its name where the namespace is said already. */
  public nameWithin(namespace: string | undefined, id: string): string {
    const name = this.name(id);
    return namespace !== undefined && name.startsWith(`${namespace}/`)
      ? name.slice(namespace.length + 1)
      : name;
  }
}

const ORDER: readonly Point['type'][] = [
  'outside',
  'api-server',
  'metadata',
  'nodes',
  'addresses',
  'elsewhere',
];

function orderOf(point: Point): number {
  return isOutside(point) ? 0 : ORDER.indexOf(point.type);
}

/** Whether it is the rest of the world: every address, or a range that is all of a family but for what it leaves out. */
export function isOutside(point: Point): boolean {
  return (
    point.type === 'outside' ||
    (point.type === 'addresses' && point.ranges.some((range) => range.endsWith('/0')))
  );
}
