import { Cidr } from '../model';

/** The version of the protocol that addresses belong to. */
export type Family = 4 | 6;

export const FAMILIES: readonly Family[] = [4, 6];

/** Addresses of one family that follow each other, both ends included. */
interface Interval {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** A set of addresses of both families. */
export class AddressSet {
  /**
   * @param ranges as CIDR, or single addresses; what is neither is left out
   * @param except what is not in it, in the same way
   */
  public static of(ranges: readonly string[], except: readonly string[] = []): AddressSet {
    const left = joined(except.flatMap((text) => intervalOf(text) ?? []));
    return new AddressSet(
      ranges.flatMap((text) => {
        const interval = intervalOf(text);
        return interval === undefined ? [] : remains(interval, left);
      }),
    );
  }

  private readonly families = new Map<Family, AddressSet>();
  private apart?: readonly Interval[];

  private constructor(private readonly intervals: readonly Interval[]) {}

  /** Whether it has no address. */
  public get isEmpty(): boolean {
    return this.intervals.length === 0;
  }

  /** Its addresses of one family: the same set each time. */
  public ofFamily(family: Family): AddressSet {
    const known = this.families.get(family);
    if (known !== undefined) return known;
    const found = new AddressSet(this.intervals.filter((interval) => interval.family === family));
    this.families.set(family, found);
    return found;
  }

  /** Whether there is an address in both. */
  public meets(other: AddressSet): boolean {
    return this.intervals.some((a) => other.intervals.some((b) => overlap(a, b)));
  }

  /** Whether every address of the other is here; where it has none, that is so. */
  public covers(other: AddressSet): boolean {
    return other.intervals.every((interval) => this.holds(interval));
  }

  /** Whether every address of one of the other's ranges is here. */
  public coversOneOf(other: AddressSet): boolean {
    return other.intervals.some((interval) => this.holds(interval));
  }

  private holds(interval: Interval): boolean {
    this.apart ??= joined(this.intervals);
    return remains(interval, this.apart).length === 0;
  }
}

function intervalOf(text: string): Interval | undefined {
  const range = Cidr.parseAny(text)?.masked();
  if (range === undefined) return undefined;
  const { family, bits, length } = range.ip;
  return { family, first: bits, last: bits + (1n << BigInt(length - range.length)) - 1n };
}

function overlap(a: Interval, b: Interval): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** The same addresses, family by family in the order of the first ones, and none twice. */
function joined(intervals: readonly Interval[]): readonly Interval[] {
  const list: Interval[] = [];
  const ordered = [...intervals].sort((a, b) => a.family - b.family || (a.first < b.first ? -1 : 1));
  for (const next of ordered) {
    const last = list.at(-1);
    if (last?.family !== next.family || last.last < next.first) list.push(next);
    else if (last.last < next.last) list[list.length - 1] = { ...last, last: next.last };
  }
  return list;
}

/** What is left of an interval where others, in their order and apart, are taken out: one walk, however many they are. */
function remains(interval: Interval, taken: readonly Interval[]): readonly Interval[] {
  const left: Interval[] = [];
  let { first } = interval;
  for (const one of taken) {
    if (!overlap(interval, one)) continue;
    if (one.first > first) left.push({ ...interval, first, last: one.first - 1n });
    first = one.last + 1n;
  }
  return first > interval.last ? left : [...left, { ...interval, first }];
}
