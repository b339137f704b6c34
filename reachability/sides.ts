import { NAMESPACE_NAME_LABEL } from '../constructs/names';
import { AddressSet, FAMILIES, type Family } from './address-set';
import { compare, namesDns, type Cluster, type PodPoint } from './cluster';
import { OPEN, spansOf, type Side, type Span } from './openings';
import { formatPeer, PodIndex, type Selected } from './pod-index';
import type { AddressPeer, PodPeer, Rule } from './policy';
import { LAST_PORT, type DeclaredPort } from './reachability';
import { excludes, type Answer, type Selector } from './selector';

/** The two directions of a policy. */
export type Direction = 'ingress' | 'egress';

/** Addresses that a rule names, as one point. */
export interface Block {
  readonly id: string;
  readonly cidr: string;
  readonly except: readonly string[];
  readonly addresses: AddressSet;
}

/** A rule with what its peers select. */
export interface PreparedRule {
  readonly rule: Rule;
  /** It names no peer. */
  readonly everybody: boolean;
  /** For each peer that is pods: those that it selects. */
  readonly pods: readonly Selected[];
  readonly blocks: readonly Block[];
  /** Peers that select nothing among the objects. */
  readonly elsewhere: readonly string[];
}

/** A rule that counts for certain pods. */
export interface AppliedRule extends PreparedRule {
  /** It is not certain that its policy selects them. */
  readonly possible: boolean;
}

/** What one direction of certain pods is: which policies deny, and which rules open. */
export interface PodSide {
  /** `namespace/name` of the policies that deny what no rule opens; none where everything is open. */
  readonly deniedBy: readonly string[];
  readonly rules: readonly AppliedRule[];
  /** The addresses that the rules name. */
  readonly blocks: readonly Block[];
}

/** What policies say of each direction of each pod, by the pod's index. */
export class Sides {
  public readonly index: PodIndex;
  private readonly blocks = new Map<string, Block>();
  private readonly unknown = new Map<string, PodPeer>();
  private readonly meant = new Map<PreparedRule['rule'], Map<string, Answer>>();
  private readonly answers = new Map<Block, Map<AddressSet, Answer>>();
  private readonly sides: Readonly<Record<Direction, readonly PodSide[]>>;

  public constructor(private readonly cluster: Cluster) {
    this.index = new PodIndex(cluster);
    this.sides = { ingress: this.prepare('ingress'), egress: this.prepare('egress') };
  }

  /** Peers of any rule that select nothing among the objects, in the order of their names. */
  public get elsewhere(): readonly string[] {
    return [...this.unknown.keys()].sort();
  }

  /** The ranges of addresses that any rule names, in the order of their texts. */
  public get allBlocks(): readonly Block[] {
    return [...this.blocks.values()].sort((a, b) => compare(a.id, b.id));
  }

  /** What policies say of a direction of the pods at an index. */
  public of(direction: Direction, pod: number): PodSide {
    return this.sides[direction][pod]!;
  }

  /** What a direction of pods lets through to, or from, other pods. */
  public withPods(direction: Direction, pod: number, other: number, declared: readonly DeclaredPort[]): Side {
    const bySelector = this.through(direction, pod, declared, (rule) => {
      if (rule.everybody) return 'yes';
      const selected = best(rule.pods, (pods) => pods.get(other) ?? 'no');
      // Where pods are in the network of their node, plugins differ in whether selectors find them.
      return selected === 'yes' && this.cluster.pods[other]!.hostNetwork ? 'maybe' : selected;
    });
    if (bySelector === OPEN || this.of(direction, pod).blocks.length === 0) return bySelector;
    return [...bySelector, ...this.byAddress(direction, pod, other, declared)];
  }

  /** What blocks let through to, or from, other pods: in each family of addresses that both may have. */
  private byAddress(
    direction: Direction,
    pod: number,
    other: number,
    declared: readonly DeclaredPort[],
  ): readonly Span[] {
    const [own, its] = [this.cluster.pods[pod]!, this.cluster.pods[other]!];
    return FAMILIES.filter((family) => !own.mayHave.ofFamily(family).isEmpty).flatMap((family) => {
      const side = this.through(direction, pod, declared, ({ blocks }) =>
        best(blocks, (block) => this.holds(block, its, family)),
      );
      return side === OPEN ? [] : side.map((span) => ({ ...span, family }));
    });
  }

  /** What a direction of pods lets through to, or from, whatever a test finds in a rule. */
  public through(
    direction: Direction,
    pod: number,
    declared: readonly DeclaredPort[] | undefined,
    test: (rule: PreparedRule) => Answer,
  ): Side {
    const { deniedBy, rules } = this.of(direction, pod);
    if (deniedBy.length === 0) return OPEN;
    const spans: Span[] = [];
    for (const rule of rules) {
      const answer = test(rule);
      if (answer === 'no') continue;
      const possible = rule.possible || answer === 'maybe';
      const { ports, policy } = rule.rule;
      spans.push(
        ...(declared === undefined
          ? anyOf(ports, policy.name, possible)
          : spansOf(ports, declared, policy.name, possible)),
      );
    }
    return spans;
  }

  /** The pods that may pass by the rules of a direction; undefined for all of them. */
  public candidates(direction: Direction, pod: number): ReadonlySet<number> | undefined {
    const { deniedBy, rules } = this.of(direction, pod);
    if (
      deniedBy.length === 0 ||
      rules.some(({ everybody, blocks }) => everybody || blocks.some((block) => this.mayBePods(block)))
    )
      return undefined;
    return new Set(rules.flatMap(({ pods }) => pods.flatMap((selected) => [...selected.keys()])));
  }

  /** Whether a block holds the addresses of pods, of one family. */
  private holds(block: Block, pods: PodPoint, family: Family): Answer {
    const mayHave = pods.mayHave.ofFamily(family);
    const known = this.answers.get(block) ?? new Map<AddressSet, Answer>();
    this.answers.set(block, known);
    const answer = known.get(mayHave) ?? this.holdsAnew(block, pods, mayHave);
    known.set(mayHave, answer);
    return answer;
  }

  private holdsAnew({ addresses }: Block, pods: PodPoint, mayHave: AddressSet): Answer {
    if (!addresses.meets(mayHave)) return 'no';
    if (pods.addresses !== undefined) return 'yes';
    const { network } = this.cluster;
    // Where nobody says what addresses pods have, nobody says of which family they are.
    const stated = (pods.hostNetwork ? network.nodes : network.pods) !== undefined;
    return addresses.covers(stated ? mayHave : pods.mayHave) ? 'yes' : 'maybe';
  }

  private mayBePods(block: Block): boolean {
    return this.cluster.pods.some((pods) =>
      FAMILIES.some((family) => this.holds(block, pods, family) !== 'no'),
    );
  }

  private prepare(direction: Direction): readonly PodSide[] {
    const deniedBy = this.cluster.pods.map((): string[] => []);
    const rules = this.cluster.pods.map((): AppliedRule[] => []);
    for (const policy of this.cluster.policies) {
      const given = policy[direction];
      if (given === undefined) continue;
      const prepared = given.map((rule) => this.prepareRule(rule));
      for (const [pod, answer] of this.index.inNamespace(policy.namespace, policy.pods)) {
        // Policies do not hold in the network of the node.
        if (this.cluster.pods[pod]!.hostNetwork) continue;
        if (answer === 'yes') deniedBy[pod]!.push(policy.name);
        rules[pod]!.push(...prepared.map((rule) => ({ ...rule, possible: answer === 'maybe' })));
      }
    }
    return deniedBy.map((names, pod) => ({
      deniedBy: names.sort(),
      rules: rules[pod]!,
      blocks: [...new Set(rules[pod]!.flatMap(({ blocks }) => blocks))],
    }));
  }

  private prepareRule(rule: Rule): PreparedRule {
    const peers = rule.peers ?? [];
    const pods = peers.filter((peer) => peer.type === 'pods');
    const selected = pods.map((peer) => this.index.ofPeer(peer));
    const missing = pods.filter((peer, at) => this.isElsewhere(peer, selected[at]!));
    const elsewhere = missing.map(formatPeer);
    missing.forEach((peer, at) => this.unknown.set(elsewhere[at]!, peer));
    return {
      rule,
      everybody: rule.peers === undefined,
      pods: selected,
      blocks: peers.filter((peer) => peer.type === 'addresses').map((peer) => this.blockOf(peer)),
      elsewhere,
    };
  }

  /**
   * Whether a rule is for pods that are not among the objects: for certain where it names them in the same words. Others of its
   * selectors, and ranges that pods may have, may find them, too.
   */
  public isFor(rule: PreparedRule, id: string): Answer {
    if (rule.everybody || rule.elsewhere.includes(id)) return 'yes';
    const known = this.meant.get(rule.rule) ?? new Map<string, Answer>();
    this.meant.set(rule.rule, known);
    const answer = known.get(id) ?? this.mayFind(rule, this.unknown.get(id)!);
    known.set(id, answer);
    return answer;
  }

  private mayFind({ rule: { peers = [] }, blocks }: PreparedRule, wanted: PodPeer): Answer {
    const found =
      blocks.some(({ addresses }) => addresses.meets(this.cluster.podAddresses)) ||
      peers.some((peer) => peer.type === 'pods' && !isApart(peer, wanted));
    return found ? 'maybe' : 'no';
  }

  /** Whether a peer names pods that are not among the objects: the cluster's DNS stands for nobody else. */
  private isElsewhere(peer: PodPeer, selected: Selected): boolean {
    const points = [...selected.keys()].map((at) => this.cluster.pods[at]!);
    return points.every(({ virtual }) => virtual) && !(points.length > 0 && namesDns(peer.pods));
  }

  private blockOf({ cidr, except }: AddressPeer): Block {
    const id = except.length === 0 ? cidr : `${cidr} except ${[...except].sort().join(', ')}`;
    const known = this.blocks.get(id);
    if (known !== undefined) return known;
    const block = { id, cidr, except, addresses: AddressSet.of([cidr], except) };
    this.blocks.set(id, block);
    return block;
  }
}

/** Whether two peers can name no pod in common. */
function isApart(a: PodPeer, b: PodPeer): boolean {
  return excludes(a.pods, b.pods) || excludes(namespacesOf(a), namespacesOf(b));
}

function namespacesOf({ namespace, namespaces }: PodPeer): Selector {
  return namespaces ?? [{ key: NAMESPACE_NAME_LABEL, operator: 'In', values: [namespace!] }];
}

/** The most certain answer of several. */
export function best<T>(items: readonly T[], answerOf: (item: T) => Answer): Answer {
  let answer: Answer = 'no';
  for (const item of items) {
    const one = answerOf(item);
    if (one === 'yes') return 'yes';
    if (one === 'maybe') answer = 'maybe';
  }
  return answer;
}

/** What a rule opens at pods of which nothing is known: a name may be any port. */
function anyOf(ports: Rule['ports'], policy: string, possible: boolean): Span[] {
  return ports.map((port) =>
    'name' in port
      ? { protocol: port.protocol, port: 1, endPort: LAST_PORT, policy, possible: true }
      : { ...port, policy, possible },
  );
}
