import { Ip, type Protocol } from '../model';
import { AddressSet } from './address-set';
import type { Flow, Opening, Reachability } from './reachability';

/** A packet that somebody sends. */
export interface Traffic {
  /** The id of a point, or an address that belongs to no pod. */
  readonly from: string;
  /** In the same way. */
  readonly to: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** A range that shares addresses with another. */
export interface Overlap {
  readonly id: string;
  /** It holds all of the other. */
  readonly whole: boolean;
}

/** Answers questions about what can reach what. */
export class ReachabilityIndex {
  private readonly flows = new Map<string, Flow>();
  private readonly ranges: readonly (readonly [id: string, addresses: AddressSet])[];

  public constructor({ flows, points }: Reachability) {
    for (const flow of flows) this.flows.set(key(flow.from, flow.to), flow);
    this.ranges = points.flatMap((point) => {
      // The others stand for several addresses, of which one may be open and another not; no policy names those by themselves.
      const exact = point.type === 'outside' || point.type === 'addresses';
      return exact ? [[point.id, AddressSet.of(point.ranges, point.except)] as const] : [];
    });
  }

  /** What is open from one point to another; undefined where nothing is. */
  public between(from: string, to: string): Flow | undefined {
    return this.flows.get(key(from, to));
  }

  /** Other ranges that share addresses with a range: what is open to them is open to these addresses. None for other points. */
  public overlapping(id: string): readonly Overlap[] {
    const own = this.ranges.find(([range]) => range === id)?.[1];
    if (own === undefined) return [];
    return this.ranges
      .filter(([range, addresses]) => range !== id && addresses.meets(own))
      .map(([range, addresses]) => ({ id: range, whole: addresses.covers(own) }));
  }

  /** Who lets a packet through; none where it is denied. */
  public openings({ from, to, protocol, port }: Traffic): readonly Opening[] {
    return this.idsOf(from).flatMap((source) =>
      this.idsOf(to).flatMap((destination) =>
        (this.between(source, destination)?.openings ?? []).filter(
          (opening) => opening.protocol === protocol && opening.port <= port && opening.endPort >= port,
        ),
      ),
    );
  }

  /** Whether a packet gets through, or may. */
  public allows(traffic: Traffic): boolean {
    return this.openings(traffic).length > 0;
  }

  /** Whether packets of all addresses of a range get through, or may. */
  public allowsFrom(range: string, { to, protocol, port }: Omit<Traffic, 'from'>): boolean {
    const whole = AddressSet.of([range]);
    return this.ranges.some(
      ([id, addresses]) => addresses.covers(whole) && this.allows({ from: id, to, protocol, port }),
    );
  }

  /** The ranges that an address belongs to, or the point of an id. */
  private idsOf(end: string): readonly string[] {
    if (Ip.parse(end) === undefined) return [end];
    const address = AddressSet.of([end]);
    return this.ranges.filter(([, addresses]) => addresses.meets(address)).map(([id]) => id);
  }
}

function key(from: string, to: string): string {
  return `${from}\n${to}`;
}
