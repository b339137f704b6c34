import type { ApiServerProps } from '../control-plane/api-server';
import type { ClusterAddresses } from '../node/cluster-addresses';
import type { NodeConfigurationProps } from '../node/node-configuration';
import type { Machine } from './machine';

/** Where the keys of the certificate authorities are kept. */
export type AuthorityKeys =
  /** On the control plane machines, readable for root: kubeadm and the controller manager sign with them. */
  | 'control-plane'
  /**
   * That of the cluster on the control plane machines, because the controller manager signs the certificates of kubelets with it;
   * those of etcd and of the front proxy only with who provisions the cluster. A control plane machine cannot make itself a
   * member or client of etcd then.
   */
  | 'provisioner';

/** Who is outside of a cluster and has to do with it. Its machines, pods and Services are known. */
export type OutsideAddresses = Omit<
  ClusterAddresses,
  'nodes' | 'controlPlanes' | 'pods' | 'services' | 'etcd'
>;

/** What may be said of nodes, besides what the cluster knows. */
export type NodeOptions = Omit<
  NodeConfigurationProps,
  'role' | 'addresses' | 'apiServerPort' | 'cryptography'
>;

/** What is said of the API server. */
export type ApiServerOptions = Pick<
  ApiServerProps,
  'admission' | 'audit' | 'authentication' | 'authorization' | 'cryptography' | 'encryption'
>;

/** Tags of images, for example where a mirror has a newer one. */
export interface ImageTags {
  /**
   * Of etcd, for example `3.7.3-0`.
   * @default - that of kubeadm
   */
  readonly etcd?: string;
  /**
   * Of CoreDNS, for example `v1.15.0`.
   * @default - that of kubeadm
   */
  readonly coredns?: string;
}

/** Properties of {@link SelfManagedCluster}. */
export interface SelfManagedClusterProps extends ApiServerOptions {
  /** The patch release of Kubernetes that control planes run, for example `1.37.2`. */
  readonly kubernetes: string;
  /**
   * The patch release that workers run; during an upgrade it is behind.
   * @default - that of the control planes
   */
  readonly workerKubernetes?: string;
  /**
   * Tags of images that kubeadm runs besides those of Kubernetes itself.
   * @default - those that kubeadm of the release names
   */
  readonly imageTags?: ImageTags;
  /** Where the API is reached: `host:port`, of a load balancer or of the one control plane. */
  readonly endpoint: string;
  /** The machines of the control plane: one, three or five, so that etcd can lose some of them. */
  readonly controlPlanes: readonly Machine[];
  /**
   * The machines that run workloads.
   * @default - none yet
   */
  readonly workers?: readonly Machine[];
  /**
   * Machines that run etcd and nothing else: three or five.
   * @default - etcd runs beside each API server
   */
  readonly etcd?: readonly Machine[];
  /** Ranges of pod addresses, one or one for each family, for example `10.244.0.0/16`. */
  readonly pods: readonly string[];
  /**
   * Ranges of Service addresses, one or one for each family.
   * @default - `10.96.0.0/16`
   */
  readonly services?: readonly string[];
  /**
   * The domain of the cluster's DNS.
   * @default 'cluster.local'
   */
  readonly domain?: string;
  /** Who else has to do with the cluster; the firewall lets nobody else in. */
  readonly outside: OutsideAddresses;
  /**
   * What is said of all nodes.
   * @default - nothing
   */
  readonly nodes?: NodeOptions;
  /**
   * Where the keys of the certificate authorities are kept.
   * @default 'provisioner'
   */
  readonly authorityKeys?: AuthorityKeys;
  /** Names and addresses at which the API is reached besides the endpoint and the machines themselves.
   * @default - none
   */
  readonly serverNames?: readonly string[];
}
