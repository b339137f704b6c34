import type { Cidr, ClusterNetwork } from '../../model';
import type { PropsCheck } from '../validation';
import { blockOf, isMetadata, meets, overlap, type AddressBlock } from './address-block';
import type { AddressesProps } from './addresses';
import { ownRanges } from './own-ranges';
import { readRange } from './read-range';

/** Ranges with their exceptions as they were stated; what is wrong with them is noted. */
export function statedBlocks(
  check: PropsCheck,
  props: AddressesProps,
  network: ClusterNetwork,
): readonly AddressBlock[] {
  const ranges = readAll(check, 'ranges', props.ranges);
  const except = readAll(check, 'except', props.except ?? []);
  check.require(
    !Array.isArray(props.ranges) || props.ranges.length > 0,
    'ranges',
    'No range is given, which a network policy takes for everybody.',
    'Give at least one range.',
  );
  ranges.forEach((range, at) => checkRange(check, range, ranges.slice(0, at)));
  // Of an exception to what could not be read, nothing can be said.
  if (ranges.length === props.ranges?.length) checkExceptions(check, ranges, except);
  const blocks = ranges.map((range) => blockOf(range, except));
  for (const block of blocks.filter(({ range }) => range.length > 0)) checkOwn(check, block, network);
  return blocks;
}

/** Exceptions to all addresses; what is wrong with them is noted. */
export function statedExceptions(
  check: PropsCheck,
  texts: unknown,
  ranges: readonly Cidr[],
): readonly Cidr[] {
  const except = readAll(check, 'except', texts);
  checkExceptions(check, ranges, except);
  return except;
}

function checkRange(check: PropsCheck, range: Cidr, before: readonly Cidr[]): void {
  const other = before.find((one) => overlap(one, range));
  check
    .require(
      range.length > 0,
      'ranges',
      `${range} is every address of its family.`,
      'Name the ranges that are meant, or use Addresses.everywhere(…), which covers both families.',
    )
    .require(
      !isMetadata(range),
      'ranges',
      `At ${range.ip} a cloud gives its machines credentials, and gives them to each pod that may ask.`,
      'Leave it out: give the workload credentials of its own.',
    )
    .require(other === undefined, 'ranges', `${range} and ${other} overlap.`, 'Name each address once.');
}

function checkExceptions(check: PropsCheck, ranges: readonly Cidr[], except: readonly Cidr[]): void {
  for (const one of except) {
    check
      .require(
        !ranges.some((range) => range.equals(one)),
        'except',
        `${one} is a range as well: nothing would be left of it.`,
        'Leave the range out, or name a part of it.',
      )
      .require(
        ranges.some((range) => range.containsCidr(one)),
        'except',
        `${one} is in none of the ranges.`,
        'Name a part of a range, or leave it out.',
      );
  }
}

const WHY_NOT = {
  pods: "the address of a pod is nobody's for long",
  services: 'most plugins ask policies after the address of a Service was replaced by that of a pod',
  nodes: 'nodes come and go',
} as const;

function checkOwn(check: PropsCheck, block: AddressBlock, network: ClusterNetwork): void {
  for (const [what, own] of ownRanges(network))
    check.require(
      !meets(block, own),
      'ranges',
      `${block.range} holds addresses of the cluster's own ${what} (${own}): ${WHY_NOT[what]}.`,
      what === 'nodes'
        ? `Use Addresses.nodes(…), or take ${own} into except.`
        : `Name the workloads in place of it, or take ${own} into except.`,
    );
}

function readAll(check: PropsCheck, property: string, texts: unknown): readonly Cidr[] {
  if (!Array.isArray(texts)) {
    check.require(
      false,
      property,
      'It is no list of texts.',
      "Give a list of ranges, as ['203.0.113.0/24'].",
    );
    return [];
  }
  return texts.flatMap((text, index) => readRange(check, `${property}[${index}]`, text) ?? []);
}
