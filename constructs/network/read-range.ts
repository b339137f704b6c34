import { Cidr, Ip } from '../../model';
import { shown, type PropsCheck } from '../validation';

/** Reads a range of addresses, and notes what is wrong with it; undefined where something is. */
export function readRange(check: PropsCheck, property: string, text: unknown): Cidr | undefined {
  const range = typeof text === 'string' ? Cidr.parse(text) : undefined;
  if (range === undefined) {
    const ip = typeof text === 'string' ? Ip.parse(text) : undefined;
    check.require(
      false,
      property,
      `${shown(text)} is no range of addresses.`,
      ip === undefined ? 'Write it as 203.0.113.0/24 or 2001:db8::/32.' : `Write ${Cidr.single(ip)}.`,
    );
    return undefined;
  }
  const masked = range.masked();
  check.require(
    range.equals(masked),
    property,
    `${shown(text)} has bits set past its prefix.`,
    `Write ${masked} for the range, or ${Cidr.single(range.ip)} for the one address.`,
  );
  return range.equals(masked) ? range : undefined;
}

/** Reads ranges of one part of the cluster. All addresses are no such part. */
export function readOwnRanges(check: PropsCheck, property: string, texts: unknown): readonly Cidr[] {
  if (!Array.isArray(texts) || texts.length === 0) {
    check.require(
      false,
      property,
      texts === undefined || Array.isArray(texts) ? 'No range is given.' : 'It is no list of texts.',
      "Give a list of ranges, as ['10.244.0.0/16'].",
    );
    return [];
  }
  return texts.flatMap((text: unknown, index) => {
    const range = readRange(check, `${property}[${index}]`, text);
    check.require(
      range?.length !== 0,
      `${property}[${index}]`,
      `${shown(text)} is every address.`,
      'Give the ranges that the cluster uses.',
    );
    return range === undefined || range.length === 0 ? [] : [range];
  });
}
