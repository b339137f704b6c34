import { Cidr, type ClusterNetwork } from '../../model';
import { blockOf, type AddressBlock } from './address-block';

/** Every address, of both versions of the protocol. */
export const EVERYWHERE: readonly Cidr[] = rangesIn(['0.0.0.0/0', '::/0']);

/** What has addresses of the cluster itself. */
const OWNERS = ['pods', 'services', 'nodes'] as const;

/** The ranges of the cluster itself, each with what has its addresses. */
export function ownRanges(network: ClusterNetwork): readonly (readonly [(typeof OWNERS)[number], Cidr])[] {
  return OWNERS.flatMap((what) => rangesIn(network[what] ?? []).map((range) => [what, range] as const));
}

/** All addresses but those of the cluster and the exceptions. */
export function outside(network: ClusterNetwork, except: readonly Cidr[] = []): readonly AddressBlock[] {
  const own = ownRanges(network).map(([, range]) => range);
  return EVERYWHERE.map((range) => blockOf(range, [...except, ...own]));
}

/** The nodes as far as they are stated, without the pods that have addresses among theirs. */
export function nodeBlocks({ nodes = [], pods = [] }: ClusterNetwork): readonly AddressBlock[] {
  return distinct(rangesIn(nodes)).map((range) => blockOf(range, rangesIn(pods)));
}

/** Ranges of which none is in another. */
export function distinct(ranges: readonly Cidr[]): readonly Cidr[] {
  return ranges.filter(
    (one, at) =>
      !ranges.some(
        (other, index) => index !== at && other.containsCidr(one) && (index < at || !one.equals(other)),
      ),
  );
}

function rangesIn(texts: readonly string[]): readonly Cidr[] {
  // A machine is an address, and no range.
  return texts.map((text) => Cidr.parseAny(text)!);
}
