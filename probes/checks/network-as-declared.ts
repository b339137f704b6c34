import {
  readCluster,
  reachabilityOf,
  differenceOf,
  labelsMatch,
  podsOf,
  type ForeignPods,
  type NetworkObject,
  type Reachability,
  type ReachabilityDifference,
} from '../../reachability';
import { BUILT_IN_NAMESPACES } from '../../model';
import { readLiveNetwork } from '../client/live-network';
import { defineProbe, resultOf, unavailable, type Attempt } from '../probe';

export default defineProbe({
  id: 'network-as-declared',
  recommendations: ['NET-5'],
  claim:
    'The live network policies deny in both directions by default wherever pods are declared, and open between them exactly what was declared.',
  open: 'no packet was sent: whether the network plugin does what the policies say is not measured',
  async run({ client, declared }) {
    if (declared === undefined) return unavailable('it is not known what was declared');
    const { objects, problems } = await readLiveNetwork(client, '');
    const cluster = readCluster(objects, declared.network, declared.foreign);
    const live = reachabilityOf(cluster);
    // What was declared as not being among the objects is in the cluster: both are then compared without it.
    const others = objects.filter((object) => !isForeign(object, declared.foreign));
    return resultOf([
      {
        attempt: 'read everything that decides over the network',
        seen: `${objects.length} objects, ${problems.length + cluster.problems.length} that cannot be counted`,
        ok: problems.length === 0 && cluster.problems.length === 0 && objects.length > 0,
      },
      asDeclared(declared, reachabilityOf(readCluster(others, declared.network, declared.foreign))),
      ...deniedByDefault(live),
    ]);
  },
});

function isForeign(object: NetworkObject, foreign: readonly ForeignPods[]): boolean {
  const pods = podsOf(object);
  return (
    pods !== undefined &&
    foreign.some(({ namespace, labels }) => pods.namespace === namespace && labelsMatch(labels, pods.labels))
  );
}

function asDeclared(declared: Reachability, live: Reachability): Attempt {
  const own = new Set(
    declared.points.filter((point) => point.type === 'workload' && !point.virtual).map(({ id }) => id),
  );
  // Whoever copies the labels of a workload gets what is meant for it: beside names, nobody else there has a way.
  const namespaces = new Set(
    declared.points.flatMap((point) =>
      point.type === 'workload' && own.has(point.id) ? [point.namespace] : [],
    ),
  );
  const beside = live.points.flatMap((point) =>
    point.type === 'workload' && namespaces.has(point.namespace) ? [point.id] : [],
  );
  const changes = changesOf(differenceOf(declared, live), own, new Set([...own, ...beside]));
  const flows = declared.flows.filter(({ from, to }) => own.has(from) || own.has(to)).length;
  return {
    attempt: 'compare what the live policies let through with what was declared',
    seen: changes[0] ?? `the same ${flows} openings of ${own.size} workloads`,
    ok: changes.length === 0 && own.size > 0,
  };
}

/** What is different for the workloads that were declared; others may live in the cluster, too. */
function changesOf(
  difference: ReachabilityDifference,
  own: ReadonlySet<string>,
  watched: ReadonlySet<string>,
): readonly string[] {
  const flows = (word: string, list: ReachabilityDifference['opened']) =>
    list
      .filter(
        ({ from, to }) =>
          own.has(from) || own.has(to) || (to !== 'dns' && (watched.has(from) || watched.has(to))),
      )
      .map(({ from, to }) => `${word}: ${from} → ${to}`);
  return [
    ...flows('open and not declared', difference.opened),
    ...flows('declared and not open', difference.closed),
    ...difference.released
      .filter(({ id }) => own.has(id))
      .map(({ id, direction }) => `nothing denies ${direction} of ${id}`),
    ...difference.removed.filter((id) => own.has(id)).map((id) => `${id} is not there`),
    ...difference.notCounted.map(
      ({ kind, before, after }) => `${after} ${kind} that nobody judges, and ${before} declared`,
    ),
  ];
}

/** Every workload outside of the namespaces of Kubernetes itself, whoever declared it. */
function deniedByDefault({ points }: Reachability): readonly Attempt[] {
  const builtIn: readonly string[] = BUILT_IN_NAMESPACES;
  const open = points.flatMap((point) =>
    point.type === 'workload' &&
    !builtIn.includes(point.namespace) &&
    (point.ingressDeniedBy.length === 0 || point.egressDeniedBy.length === 0)
      ? [point.id]
      : [],
  );
  return [
    {
      attempt: 'look for a workload of which a direction is not denied by default',
      seen: open.length === 0 ? 'none' : open.slice(0, 5).join(', '),
      ok: open.length === 0,
    },
  ];
}
