import type { Protocol } from '../../model';

/** A port that nodes reach each other at for a network plugin. */
export interface TransportPort {
  readonly protocol: Protocol;
  readonly port: number;
}

/** What network plugins send between nodes, and on which port. Sources: the documentation of Calico, Cilium, Flannel and kube-router. */
export const NETWORK_TRANSPORTS = {
  'calico-bgp': { protocol: 'TCP', port: 179 },
  'calico-typha': { protocol: 'TCP', port: 5473 },
  'calico-vxlan': { protocol: 'UDP', port: 4789 },
  'calico-wireguard': { protocol: 'UDP', port: 51820 },
  'calico-wireguard-ipv6': { protocol: 'UDP', port: 51821 },
  'cilium-geneve': { protocol: 'UDP', port: 6081 },
  'cilium-health': { protocol: 'TCP', port: 4240 },
  'cilium-vxlan': { protocol: 'UDP', port: 8472 },
  'cilium-wireguard': { protocol: 'UDP', port: 51871 },
  'flannel-vxlan': { protocol: 'UDP', port: 8472 },
  'kube-router-bgp': { protocol: 'TCP', port: 179 },
} as const satisfies Readonly<Record<string, TransportPort>>;

/** What a network plugin sends between nodes, for example `cilium-wireguard`. */
export type NetworkTransport = keyof typeof NETWORK_TRANSPORTS;
