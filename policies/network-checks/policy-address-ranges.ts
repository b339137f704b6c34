import { Cidr } from '../../model';
import { AddressSet, type Block, type Rule } from '../../reachability';
import { brokenIn, defineNetworkCheck, type NetworkView } from './network-check';

export default defineNetworkCheck({
  id: 'policy-address-ranges',
  title: 'Ranges of addresses are written as such, each once, and are outside of the cluster',
  rationale:
    'Addresses of pods change hands: a range that holds them lets in whoever has them next. Bits past the prefix, and ranges that overlap, are mistakes that hide how much is open.',
  severity: 'medium',
  remediation:
    'Write the first address of a range, name each address once, and select pods by their labels; take the ranges of the cluster into except.',
  mappings: { recommendations: ['NET-5'], cis: ['5.3.2'], attack: ['T1046'] },
  *judge(view) {
    for (const policy of view.cluster.policies) {
      for (const direction of ['ingress', 'egress'] as const) {
        for (const rule of policy[direction] ?? []) {
          for (const { path, message } of wrongRanges(rule, direction, view))
            yield brokenIn(policy.object, path, message);
        }
      }
    }
  },
});

interface Wrong {
  readonly path: string;
  readonly message: string;
}

function* wrongRanges(rule: Rule, direction: 'ingress' | 'egress', view: NetworkView): Generator<Wrong> {
  const list = direction === 'ingress' ? 'from' : 'to';
  const before: Pick<Block, 'cidr' | 'addresses'>[] = [];
  for (const [index, peer] of (rule.peers ?? []).entries()) {
    if (peer.type !== 'addresses') continue;
    const path = `${rule.path}.${list}[${index}].ipBlock`;
    for (const [field, text] of [
      ['cidr', peer.cidr] as const,
      ...peer.except.map((one) => ['except', one] as const),
    ]) {
      const range = Cidr.parse(text)!;
      if (!range.equals(range.masked()))
        yield {
          path: `${path}.${field}`,
          message: `${text} has bits past its prefix: the range is ${range.masked()}.`,
        };
    }
    const addresses = AddressSet.of([peer.cidr], peer.except);
    for (const other of before)
      if (other.addresses.meets(addresses))
        yield { path: `${path}.cidr`, message: `${peer.cidr} overlaps ${other.cidr} of the same rule.` };
    before.push({ cidr: peer.cidr, addresses });
    for (const [what, range] of ownRanges(view, peer.cidr, addresses))
      yield {
        path: `${path}.cidr`,
        message: `${peer.cidr} holds addresses of the cluster's own ${what} (${range}).`,
      };
  }
}

/** The ranges of the cluster itself that addresses meet; the API server, and the nodes as a whole, may be meant. */
function ownRanges(
  { cluster: { network } }: NetworkView,
  cidr: string,
  addresses: AddressSet,
): readonly (readonly [string, string])[] {
  const { pods = [], services = [], nodes = [], apiServer } = network;
  const answering = [...(apiServer?.service ?? []), ...(apiServer?.endpoints ?? [])];
  if (AddressSet.of(answering.map(({ address }) => address)).covers(addresses)) return [];
  const meeting = (what: string, ranges: readonly string[]) =>
    ranges.filter((range) => AddressSet.of([range]).meets(addresses)).map((range) => [what, range] as const);
  return [
    ...meeting('pods', pods),
    ...meeting('services', services),
    ...(isStated(cidr, nodes) ? [] : meeting('nodes', nodes)),
  ];
}

/** Whether a range is one of those that are stated; a machine is stated as an address. */
function isStated(cidr: string, stated: readonly string[]): boolean {
  const range = Cidr.parse(cidr)!;
  return stated.some((text) => Cidr.parseAny(text)?.equals(range) ?? false);
}
