import { Cidr, type Problem } from '../../model';

/**
 * Who is where, as addresses and ranges: for example `192.0.2.7` or `10.0.0.0/16`. IPv4 and IPv6 may be mixed. Host names are
 * refused: a firewall that asks for names can be told wrong ones.
 */
export interface ClusterAddresses {
  /** All nodes, those of the control plane with them. */
  readonly nodes: readonly string[];
  /** The nodes of the control plane. */
  readonly controlPlanes: readonly string[];
  /** Pods. */
  readonly pods: readonly string[];
  /** Services. */
  readonly services: readonly string[];
  /** From where people administer: SSH to every node, and the API server. */
  readonly administrators: readonly string[];
  /**
   * Hosts of an etcd that runs beside the cluster.
   * @default - etcd runs on the nodes of the control plane
   */
  readonly etcd?: readonly string[];
  /**
   * Where nodes reach the API server, where that is not a node: the address of a load balancer.
   * @default - nodes reach the nodes of the control plane
   */
  readonly apiServers?: readonly string[];
  /**
   * From where load balancers connect: to the API server, and for the health of kube-proxy.
   * @default - none
   */
  readonly loadBalancers?: readonly string[];
  /**
   * From where metrics of kubelets are read.
   * @default - from the nodes of the control plane alone
   */
  readonly scrapers?: readonly string[];
  /**
   * Servers of names.
   * @default - none: nodes ask for no names
   */
  readonly resolvers?: readonly string[];
  /**
   * Servers of time.
   * @default - none: nodes ask for no time
   */
  readonly timeServers?: readonly string[];
  /**
   * Registries or mirrors of images, on port 443.
   * @default - none: images are put on the nodes
   */
  readonly registries?: readonly string[];
}

/** The names of all groups of addresses. */
export type AddressGroup = keyof ClusterAddresses;

const REQUIRED: readonly AddressGroup[] = ['nodes', 'controlPlanes', 'pods', 'services', 'administrators'];

/** What may not share an address: who is let in as one would be the other. */
const APART: readonly (readonly [AddressGroup, AddressGroup])[] = [
  ['pods', 'nodes'],
  ['pods', 'services'],
  ['pods', 'administrators'],
  ['pods', 'etcd'],
  ['pods', 'loadBalancers'],
  ['services', 'nodes'],
  ['services', 'administrators'],
];

/** Everything that is wrong with the addresses. */
export function addressProblems(addresses: ClusterAddresses): readonly Problem[] {
  const problems: Problem[] = [];
  const read = new Map<AddressGroup, readonly Cidr[]>();
  for (const [group, texts] of Object.entries(addresses) as [AddressGroup, readonly string[] | undefined][])
    read.set(group, readRanges(`addresses.${group}`, texts ?? [], problems));
  for (const group of REQUIRED)
    if ((addresses[group] ?? []).length === 0)
      problems.push(
        invalid(`addresses.${group}`, 'There is no address.', 'Give at least one address or range.'),
      );
  for (const [one, other] of APART)
    for (const a of read.get(one) ?? [])
      for (const b of read.get(other) ?? [])
        if (overlap(a, b))
          problems.push(
            invalid(
              `addresses.${one}`,
              `${a} shares addresses with ${b} of ${other}.`,
              'Give ranges that are apart.',
            ),
          );
  const nodes = read.get('nodes') ?? [];
  for (const range of read.get('controlPlanes') ?? [])
    if (!nodes.some((node) => node.containsCidr(range)))
      problems.push(
        invalid(
          'addresses.controlPlanes',
          `${range} is not among the nodes.`,
          'Add it to `nodes`, which are all nodes.',
        ),
      );
  return problems;
}

/** Options of {@link readRanges}. */
export interface RangeOptions {
  /**
   * Whether everybody may be meant.
   * @default false
   */
  readonly everybody?: boolean;
}

/** Reads addresses and ranges; notes each that is none, is wider than a network can be, or is part of another. */
export function readRanges(
  where: string,
  texts: readonly string[],
  problems: Problem[],
  { everybody = false }: RangeOptions = {},
): readonly Cidr[] {
  const ranges: Cidr[] = [];
  for (const [index, text] of texts.entries()) {
    const place = `${where}[${index}]`;
    const range = Cidr.parseAny(text);
    const other = range === undefined ? undefined : ranges.find((one) => overlap(one, range));
    if (range === undefined)
      problems.push(invalid(place, `'${text.slice(0, 60)}' is no address and no range.`, RANGE_FIX));
    else if (!range.equals(range.masked()))
      problems.push(
        invalid(
          place,
          `'${text}' has bits past its length.`,
          `Write ${range.masked()}, or the address alone.`,
        ),
      );
    else if (!everybody && range.length < (range.ip.family === 4 ? 8 : 7))
      problems.push(
        invalid(place, `'${text}' is wider than any network of one owner.`, 'Name those who are meant.'),
      );
    else if (other !== undefined)
      problems.push(invalid(place, `'${text}' shares addresses with ${other}.`, 'Give each address once.'));
    else ranges.push(range);
  }
  return ranges;
}

const RANGE_FIX =
  'Give an address like 192.0.2.7 or a range like 10.0.0.0/16; names are looked up by nobody.';

/** Whether two ranges share an address. */
export function overlap(a: Cidr, b: Cidr): boolean {
  return a.containsCidr(b) || b.containsCidr(a);
}

/** A problem of a property. */
export function invalid(where: string, message: string, fix: string): Problem {
  return { code: 'construct/invalid', where, message, fix };
}
