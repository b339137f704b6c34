import type { Construct } from 'constructs';
import { isDnsLabel, PropsCheck, shown } from '../validation';

/** A check of a peer, whose id stands in the names of policies. */
export function peerCheck(peer: Construct): PropsCheck {
  const { id } = peer.node;
  return new PropsCheck(peer).require(
    isDnsLabel(id),
    'id',
    `${shown(id)} is not a DNS label, and stands in the names of policies.`,
    'Use lower case letters, digits and dashes, at most 63.',
  );
}
