import { Cidr, METADATA_ADDRESSES } from '../../model';
import type { k8s } from '../cdk8s-plus';

/** A range of addresses without some that are in it. */
export interface AddressBlock {
  readonly range: Cidr;
  readonly except: readonly Cidr[];
}

const METADATA: readonly Cidr[] = METADATA_ADDRESSES.map((text) => Cidr.parseAny(text)!);

/** Whether ranges share an address: one of them is then all in the other. */
export function overlap(a: Cidr, b: Cidr): boolean {
  return a.containsCidr(b) || b.containsCidr(a);
}

/** Whether a range is nothing but the address at which clouds give out credentials. */
export function isMetadata(range: Cidr): boolean {
  return METADATA.some((address) => address.equals(range));
}

/**
 * A range without the exceptions that are in it, and without the address at which clouds give out credentials of their
 * machines.
 *
 * Source: NET-5, NET-6.
 */
export function blockOf(range: Cidr, except: readonly Cidr[]): AddressBlock {
  const inside = [...except, ...METADATA].filter((one) => range.containsCidr(one) && !range.equals(one));
  // What is in another exception, or stands twice, says nothing.
  const outermost = inside.filter(
    (one, at) =>
      !inside.some(
        (other, index) => index !== at && other.containsCidr(one) && (!one.equals(other) || index < at),
      ),
  );
  return { range, except: outermost };
}

/** Whether a block holds an address of a range. */
export function meets({ range, except }: AddressBlock, other: Cidr): boolean {
  if (!overlap(range, other)) return false;
  const shared = range.containsCidr(other) ? other : range;
  return !except.some((one) => one.containsCidr(shared));
}

/** The block as a network policy writes it. */
export function policyBlock({ range, except }: AddressBlock): k8s.NetworkPolicyPeer {
  return {
    ipBlock: {
      cidr: String(range),
      ...(except.length === 0 ? {} : { except: except.map(String) }),
    },
  };
}
