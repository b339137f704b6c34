import { NAMESPACE_NAME_LABEL } from '../constructs/names';
import type { Cluster, PodPoint } from './cluster';
import type { PodPeer } from './policy';
import { both, formatSelector, selects, type Answer, type Selector } from './selector';

/** Pods by their index among those of the cluster; what is `maybe` selected is among them. */
export type Selected = ReadonlyMap<number, Exclude<Answer, 'no'>>;

/** Finds the pods that selectors select, without a look at each pod for each selector. */
export class PodIndex {
  private readonly byNamespace = new Map<string, NamespaceIndex>();
  private readonly selected = new Map<string, Selected>();

  public constructor(private readonly cluster: Cluster) {
    cluster.pods.forEach((pods, index) => {
      const known = this.byNamespace.get(pods.namespace) ?? new NamespaceIndex();
      known.add(pods, index);
      this.byNamespace.set(pods.namespace, known);
    });
  }

  /** The pods of one namespace that a selector selects. */
  public inNamespace(namespace: string, selector: Selector): Selected {
    return this.once(`${namespace}|${JSON.stringify(selector)}`, () => {
      const index = this.byNamespace.get(namespace);
      return index === undefined ? new Map() : this.matching(index.candidates(selector), selector, 'yes');
    });
  }

  /** The pods that a peer of a rule names. */
  public ofPeer(peer: PodPeer): Selected {
    const { namespaces } = peer;
    if (namespaces === undefined) return this.inNamespace(peer.namespace!, peer.pods);
    return this.once(`|${JSON.stringify(namespaces)}|${JSON.stringify(peer.pods)}`, () => {
      const all = new Map<number, Exclude<Answer, 'no'>>();
      for (const [name, index] of this.byNamespace) {
        const answer = selects(namespaces, this.cluster.namespaces.get(name)!);
        if (answer === 'no') continue;
        for (const entry of this.matching(index.candidates(peer.pods), peer.pods, answer)) all.set(...entry);
      }
      return all;
    });
  }

  private matching(candidates: Iterable<number>, selector: Selector, namespace: Answer): Selected {
    const found = new Map<number, Exclude<Answer, 'no'>>();
    for (const index of candidates) {
      const answer = both(namespace, selects(selector, this.cluster.pods[index]!.labels));
      if (answer !== 'no') found.set(index, answer);
    }
    return found;
  }

  /** Policies that are generated ask the same again and again. */
  private once(key: string, find: () => Selected): Selected {
    const known = this.selected.get(key);
    if (known !== undefined) return known;
    const found = find();
    this.selected.set(key, found);
    return found;
  }
}

/** The pods of a namespace by the labels that they have, and those whose value of a label is not known. */
class NamespaceIndex {
  private readonly all: number[] = [];
  private readonly byLabel = new Map<string, number[]>();

  public add({ labels }: PodPoint, index: number): void {
    this.all.push(index);
    for (const [key, value] of Object.entries(labels.values)) this.put(`${key}=${value}`, index);
    for (const key of labels.unknown) this.put(key, index);
  }

  /** No more than the pods that one requirement leaves; all that the selector selects are among them. */
  public candidates(selector: Selector): readonly number[] {
    let fewest: readonly number[] = this.all;
    for (const { key, operator, values } of selector) {
      if (operator !== 'In') continue;
      const some = [key, ...values.map((value) => `${key}=${value}`)].flatMap(
        (label) => this.byLabel.get(label) ?? [],
      );
      if (some.length < fewest.length) fewest = some;
    }
    return fewest;
  }

  private put(label: string, index: number): void {
    const known = this.byLabel.get(label);
    if (known === undefined) this.byLabel.set(label, [index]);
    else known.push(index);
  }
}

/** What a peer names, for people: it is also what stands for pods that are not among the objects. */
export function formatPeer({ namespace, namespaces, pods }: PodPeer): string {
  const which = pods.length === 0 ? 'all pods' : `pods ${formatSelector(pods)}`;
  if (namespaces === undefined) return `${which} in ${namespace}`;
  const [only] = namespaces;
  if (
    namespaces.length === 1 &&
    only!.key === NAMESPACE_NAME_LABEL &&
    only!.operator === 'In' &&
    only!.values.length === 1
  )
    return `${which} in ${only!.values[0]}`;
  return namespaces.length === 0
    ? `${which} in all namespaces`
    : `${which} in namespaces ${formatSelector(namespaces)}`;
}
