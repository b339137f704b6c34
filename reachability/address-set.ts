import { Cidr, Ip } from '../model';

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
    const left = except.flatMap((text) => intervalOf(text) ?? []);
    return new AddressSet(
      ranges.flatMap((text) => {
        const interval = intervalOf(text);
        return interval === undefined ? [] : left.reduce(without, [interval]);
      }),
    );
  }

  private readonly families = new Map<Family, AddressSet>();

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
    return this.intervals.reduce<readonly Interval[]>(without, [interval]).length === 0;
  }
}

function intervalOf(text: string): Interval | undefined {
  const range = Cidr.parse(text.includes('/') ? text : `${text}/${Ip.parse(text)?.length}`)?.masked();
  if (range === undefined) return undefined;
  const { family, bits, length } = range.ip;
  return { family, first: bits, last: bits + (1n << BigInt(length - range.length)) - 1n };
}

function overlap(a: Interval, b: Interval): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** What is left of intervals where another is taken out. */
function without(intervals: readonly Interval[], taken: Interval): Interval[] {
  return intervals.flatMap((interval) => {
    if (!overlap(interval, taken)) return [interval];
    const { family, first, last } = interval;
    return [
      ...(first < taken.first ? [{ family, first, last: taken.first - 1n }] : []),
      ...(last > taken.last ? [{ family, first: taken.last + 1n, last }] : []),
    ];
  });
}
