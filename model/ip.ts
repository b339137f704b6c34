// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- pure functions of a text, and no network
import { isIPv4, isIPv6 } from 'node:net';

/** An IP address, without zone. */
export class Ip {
  public constructor(
    /** The version of the protocol. */
    public readonly family: 4 | 6,
    /** The address as a number. */
    public readonly bits: bigint,
  ) {}

  /**
   * Reads an address as strictly as the API server does: no zone, no leading zeros, no IPv4 inside of IPv6.
   *
   * @returns undefined where the text is none
   */
  public static parse(text: string): Ip | undefined {
    if (isIPv4(text)) return new Ip(4, bitsOf(text.split('.').map(Number), 8n));
    if (!isIPv6(text) || text.includes('%')) return undefined;
    const bits = bitsOf(groupsOf(text), 16n);
    return bits >> 32n === 0xffffn ? undefined : new Ip(6, bits);
  }

  /** How many bits an address of this family has. */
  public get length(): number {
    return this.family === 4 ? 32 : 128;
  }

  /** Whether both are the same address. */
  public equals(other: Ip): boolean {
    return this.family === other.family && this.bits === other.bits;
  }

  /** The first bits, as a number. */
  public prefix(length: number): bigint {
    return this.bits >> BigInt(this.length - length);
  }

  /** The canonical text. */
  public toString(): string {
    if (this.family === 4) return parts(this.bits, 4, 8n).join('.');
    const groups = parts(this.bits, 8, 16n).map((group) => group.toString(16));
    return compress(groups);
  }
}

/** A range of addresses, for example `10.0.0.0/8`; bits past the prefix are kept. */
export class Cidr {
  public constructor(
    /** An address of the range: the first, or any other where bits past the prefix are set. */
    public readonly ip: Ip,
    /** How many bits the addresses of the range share. */
    public readonly length: number,
  ) {}

  /** Reads a range; undefined where the text is none. */
  public static parse(text: string): Cidr | undefined {
    const slash = text.lastIndexOf('/');
    const ip = slash < 0 ? undefined : Ip.parse(text.slice(0, slash));
    const length = text.slice(slash + 1);
    if (ip === undefined || !/^(0|[1-9]\d{0,2})$/.test(length) || Number(length) > ip.length)
      return undefined;
    return new Cidr(ip, Number(length));
  }

  /** Reads a range, or one address as the range of it; undefined where the text is neither. */
  public static parseAny(text: string): Cidr | undefined {
    const ip = Ip.parse(text);
    return ip === undefined ? Cidr.parse(text) : Cidr.single(ip);
  }

  /** The range of one address. */
  public static single(ip: Ip): Cidr {
    return new Cidr(ip, ip.length);
  }

  /** Whether both have the same address and the same length. */
  public equals(other: Cidr): boolean {
    return this.length === other.length && this.ip.equals(other.ip);
  }

  /** Whether an address is in the range. */
  public containsIp(ip: Ip): boolean {
    return ip.family === this.ip.family && ip.prefix(this.length) === this.ip.prefix(this.length);
  }

  /** Whether all of another range is in this one. */
  public containsCidr(other: Cidr): boolean {
    return other.length >= this.length && this.containsIp(other.ip);
  }

  /** The range with all bits past the prefix zero. */
  public masked(): Cidr {
    const rest = BigInt(this.ip.length - this.length);
    return new Cidr(new Ip(this.ip.family, (this.ip.bits >> rest) << rest), this.length);
  }

  /** For example `10.0.0.0/8`. */
  public toString(): string {
    return `${this.ip}/${this.length}`;
  }
}

function bitsOf(groups: readonly number[], width: bigint): bigint {
  return groups.reduce((bits, group) => (bits << width) | BigInt(group), 0n);
}

function parts(bits: bigint, count: number, width: bigint): number[] {
  return Array.from({ length: count }, (_, i) =>
    Number((bits >> (width * BigInt(count - 1 - i))) & ((1n << width) - 1n)),
  );
}

/** The eight groups of an IPv6 address that is known to be one. */
function groupsOf(text: string): number[] {
  const [head = '', tail] = text
    .split('::')
    .map((side) => (side === '' ? [] : side.split(':').flatMap(group)));
  if (tail === undefined) return head as number[];
  const zeros = new Array<number>(8 - head.length - tail.length).fill(0);
  return [...(head as number[]), ...zeros, ...tail];
}

/** One group, or the two that an IPv4 address at the end stands for. */
function group(text: string): number[] {
  if (!text.includes('.')) return [parseInt(text, 16)];
  const bytes = text.split('.').map(Number);
  return [bytes[0]! * 256 + bytes[1]!, bytes[2]! * 256 + bytes[3]!];
}

/** Writes the longest run of two or more zero groups as `::`, the first of equally long ones. */
function compress(groups: readonly string[]): string {
  let start = 0;
  let length = 1;
  for (let i = 0; i < groups.length; i += 1) {
    let end = i;
    while (groups[end] === '0') end += 1;
    if (end - i > length) [start, length] = [i, end - i];
  }
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}
