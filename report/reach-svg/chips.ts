import type { Flow, Point } from '../../reachability';
import { crowdsOf } from './crowds';
import type { Scene } from './scene';
import { marked, strengthOf, toldPorts, type Strength } from './strength';

/** Who is at the other end of flows, and what is open. */
export interface Chip {
  readonly label: string;
  readonly ports: string;
  readonly strength: Strength;
  /** What a pointer that rests on it is told. */
  readonly title: string;
}

/** Which way to look from a point. */
export type Direction = 'incoming' | 'outgoing';

/** How many ports a chip says. */
const PORTS = 3;

/**
 * The other ends of a point's flows. Where the same is open for all other workloads of a namespace, or of the cluster, that is
 * one chip: who is open to everybody would fill the page otherwise, and hide that it is everybody.
 *
 * @param apart ids that are shown in another way
 */
export function chipsOf(
  scene: Scene,
  point: Point,
  direction: Direction,
  apart: ReadonlySet<string>,
): readonly Chip[] {
  const end = direction === 'incoming' ? 'from' : 'to';
  const flows = (scene[direction].get(point.id) ?? []).filter((flow) => !apart.has(flow[end]));
  const own = point.type === 'workload' ? point.namespace : undefined;
  const chipFor = (flow: Flow): Chip => {
    const other = flow[end];
    const label = other === point.id ? 'its own pods' : scene.nameWithin(own, other);
    return {
      label,
      ...openIn(flow),
      title: scene.told(flow),
    };
  };
  const crowds = crowdsOf(scene, flows, point.id, end);
  const among = new Set(crowds.flatMap((crowd) => crowd.flows));
  const [workloads, others] = [true, false].map((wanted) =>
    flows.filter((flow) => !among.has(flow) && (scene.point(flow[end])?.type === 'workload') === wanted),
  );
  return [
    ...others!.map(chipFor),
    ...crowds.map(({ label, title, flows: [flow] }) => ({
      label,
      ...openIn(flow!),
      title: `${title}: ${toldPorts(flow!.openings)}`,
    })),
    ...workloads!.map(chipFor),
  ];
}

function openIn(flow: Flow): Pick<Chip, 'ports' | 'strength'> {
  const strength = strengthOf([flow]);
  return { ports: marked(toldPorts(flow.openings, PORTS), strength), strength };
}
