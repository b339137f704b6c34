/** Transport protocols that a network policy can name. */
export const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

/** A transport protocol that a network policy can name. */
export type Protocol = (typeof PROTOCOLS)[number];

/** An address and the port that answers there. */
export interface AddressPort {
  /** An IPv4 or IPv6 address, for example `10.96.0.1`, or a range, for example `192.0.2.0/28`. */
  readonly address: string;
  /** From 1 to 65535. */
  readonly port: number;
}

/** Where pods reach the API server. */
export interface ApiServerAddresses {
  /**
   * The Service `kubernetes` of namespace `default`, one entry for each family of addresses: `kubectl -n default get service
   * kubernetes`.
   */
  readonly service: readonly AddressPort[];
  /**
   * The API servers behind it: `kubectl -n default get endpointslices kubernetes`. Most network plugins judge a connection by
   * these, some by the Service.
   */
  readonly endpoints: readonly AddressPort[];
}

/** Network plugins that keelson knows more of than what the NetworkPolicy API says. */
export const NETWORK_PLUGINS = ['calico', 'cilium'] as const;

/** A network plugin that keelson knows more of than what the NetworkPolicy API says. */
export type NetworkPlugin = (typeof NETWORK_PLUGINS)[number];

/** Ports that the firewall of nodes lets in; everything else is closed. */
export interface FirewallRule {
  /** The transport protocol. */
  readonly protocol: Protocol;
  /** The port, or the first of a range. */
  readonly port: number;
  /**
   * The last port of a range.
   *
   * @default - `port`: one port
   */
  readonly endPort?: number;
  /** Who may connect: ranges of addresses. */
  readonly from: readonly string[];
  /**
   * What answers there, where that is no workload: for example `kubelet`. Such a rule is not looked for among the workloads.
   *
   * @default - workloads answer: pods in the network of the node, host ports or node ports
   */
  readonly for?: string;
}

/**
 * What a cluster's network is, as far as objects do not say it. Everything may be left out: what is computed is then a bound
 * from above, and says so.
 */
export interface ClusterNetwork {
  /**
   * The ranges of pod addresses, one or more for each family.
   *
   * @default - pods may have any private address
   */
  readonly pods?: readonly string[];
  /**
   * The ranges of Service addresses.
   *
   * @default - not known
   */
  readonly services?: readonly string[];
  /**
   * The addresses of nodes.
   *
   * @default - nodes may have any private address
   */
  readonly nodes?: readonly string[];
  /**
   * Where pods reach the API server.
   *
   * @default - not known: no workload can be let through to it
   */
  readonly apiServer?: ApiServerAddresses;
  /**
   * The network plugin.
   *
   * @default - one that keeps to the NetworkPolicy API, and no more
   */
  readonly plugin?: NetworkPlugin;
  /**
   * What the firewall of nodes lets in.
   *
   * @default - not known, and not compared
   */
  readonly firewall?: readonly FirewallRule[];
}

/** Where clouds give out credentials of their machines, by both versions of the protocol. */
export const METADATA_ADDRESSES = ['169.254.169.254', 'fd00:ec2::254'] as const;
