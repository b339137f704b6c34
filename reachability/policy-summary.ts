import { formatPorts } from './format';
import { placeOf } from './network-object';
import { formatPeer } from './pod-index';
import type { Policy, Rule, RulePeer } from './policy';
import type { PolicySummary } from './reachability';

/** A policy in words. */
export function summaryOf({ name, namespace, object, pods, ingress, egress }: Policy): PolicySummary {
  return {
    name,
    source: placeOf(object),
    pods: formatPeer({ type: 'pods', namespace, pods }),
    ...(ingress === undefined ? {} : { ingress: ingress.map(inWords) }),
    ...(egress === undefined ? {} : { egress: egress.map(inWords) }),
  };
}

/** For example `pods app=web in shop: TCP 8080`. */
function inWords({ peers, ports, anyPort }: Rule): string {
  const who = peers === undefined ? 'everybody' : peers.map(formatRulePeer).join(' or ');
  return `${who}: ${anyPort ? 'all ports' : ports.map(formatPorts).join(', ')}`;
}

function formatRulePeer(peer: RulePeer): string {
  if (peer.type === 'pods') return formatPeer(peer);
  return peer.except.length === 0 ? peer.cidr : `${peer.cidr} except ${peer.except.join(', ')}`;
}
