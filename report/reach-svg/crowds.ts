import type { Flow } from '../../reachability';
import { grouped } from './grouped';
import type { Scene } from './scene';

/** Flows that are alike, to or from all workloads of a namespace or of the cluster. */
export interface Crowd {
  readonly label: string;
  /** The same, with those that are left out by name. */
  readonly title: string;
  readonly flows: readonly Flow[];
}

/** How many may be left out, by name, of those that are told as one. */
const LEFT_OUT = 2;
/** From so many on, some may be left out. */
const MANY = 5;

/**
 * What flows have in common. The cluster's DNS is no part of a crowd: it is everybody's, and nobody else is like it.
 *
 * @param flows of one point
 * @param self the id of that point
 * @param end the ends that may be a crowd
 */
export function crowdsOf(
  scene: Scene,
  flows: readonly Flow[],
  self: string,
  end: 'from' | 'to',
): readonly Crowd[] {
  const namespaceOf = (flow: Flow): string | undefined => {
    const point = scene.point(flow[end]);
    return point?.type === 'workload' && point.id !== 'dns' && point.id !== self
      ? point.namespace
      : undefined;
  };
  const whole = (label: string, ids: readonly string[], members: readonly Flow[]): readonly Crowd[] => {
    const size = ids.length - (ids.includes(self) ? 1 : 0);
    const missing = size - members.length;
    if (members.length < 2 || missing > (members.length < MANY ? 0 : LEFT_OUT)) return [];
    const there = new Set([self, ...members.map((flow) => flow[end])]);
    const names = missing === 0 ? [] : ids.filter((id) => !there.has(id)).map((id) => scene.name(id));
    return [
      {
        label: `${label}${missing === 0 ? '' : ` but ${missing}`} (${members.length})`,
        title: `${label}${missing === 0 ? '' : ` but ${names.join(' and ')}`}`,
        flows: members,
      },
    ];
  };
  const everybody = scene.crowd.includes(self) ? 'every other workload' : 'every workload';
  const alike = grouped(
    flows.filter((flow) => namespaceOf(flow) !== undefined),
    signatureOf,
  );
  return [...alike.values()].flatMap((members) => {
    const all = whole(everybody, scene.crowd, members);
    if (all.length > 0) return all;
    return [...grouped(members, (flow) => namespaceOf(flow)!)].flatMap(([namespace, some]) =>
      whole(`all of ${namespace}`, scene.crowdOf(namespace), some),
    );
  });
}

/** The same for flows that look the same. */
function signatureOf({ openings }: Flow): string {
  return openings
    .map(
      ({ protocol, port, endPort, egress, ingress, possible }) =>
        `${protocol} ${port} ${endPort} ${possible ?? false} ${egress.length + ingress.length === 0}`,
    )
    .join(',');
}
