import { Cidr, Ip } from '../../model';
import { CRYPTOGRAPHY, type CryptographyName, type Curve } from './cryptography';
import { DEFAULT_SERVICE_RANGE, localAddress, urlHost, type ControlPlaneLayout } from './layout';

/** What a certificate may be used for. One that serves is never also a client, except between etcd peers. */
export type CertificateUse = 'server' | 'client';

/** A certificate authority. Each trusts only its own: a certificate of one is refused by the others. */
export interface AuthoritySpec {
  /** Name, and path under the certificate folder without its ending. */
  readonly name: string;
  readonly commonName: string;
  readonly lifetimeDays: number;
}

/** A certificate that an authority signs. */
export interface LeafSpec {
  /** Name, and path under the certificate folder without its ending. */
  readonly name: string;
  /** Name of the authority that signs it. */
  readonly authority: string;
  readonly commonName: string;
  /** Groups of the user, where the API server reads the certificate. */
  readonly organizations: readonly string[];
  readonly uses: readonly CertificateUse[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly lifetimeDays: number;
}

/** A kubeconfig: a client certificate of the cluster CA together with the server it is for. */
export interface KubeconfigSpec {
  /** Name, and file name without its ending. */
  readonly name: string;
  /** URL of the API server. */
  readonly server: string;
  readonly identity: LeafSpec;
}

/** Every key and certificate of a control plane, as a specification. `pki/` makes them; no key is ever in here. */
export interface PkiSpec {
  /** The curve of every key; the hash of signatures is that of its strength. */
  readonly curve: Curve;
  /** The last part of its life in which a certificate is made anew, from 0 to 1. */
  readonly renewInLast: number;
  readonly authorities: readonly AuthoritySpec[];
  readonly leaves: readonly LeafSpec[];
  /** Names of signing key pairs without a certificate. */
  readonly signingKeys: readonly string[];
  readonly kubeconfigs: readonly KubeconfigSpec[];
}

/** How long authorities last, in days: five years. */
export const AUTHORITY_LIFETIME_DAYS = 5 * 365;

/** A certificate is renewed in the last third of its life: a cluster that is looked after once a month never sees one end. */
export const RENEW_IN_LAST = 1 / 3;

/** How long all other certificates last, in days. They are renewed well before (see `pki/`). */
export const LEAF_LIFETIME_DAYS = 90;

/** The name in a certificate by which etcd knows the API server, its only client. Source: NET-3. */
export const ETCD_CLIENT_NAME = 'apiserver.etcd.keelson';

/** The name in a certificate by which etcd knows a peer. */
export const ETCD_PEER_NAME = 'peer.etcd.keelson';

/** The name that the API server uses towards aggregated API servers. */
export const FRONT_PROXY_CLIENT_NAME = 'front-proxy-client';

/**
 * The group of the administrators' kubeconfig. A ClusterRoleBinding gives it its rights, so that they can be taken away
 * again, unlike those of `system:masters`, which no kubeconfig is in. Source: AUTH-3, CIS 5.1.7.
 */
export const ADMINISTRATORS_GROUP = 'keelson:cluster-admins';

/** Properties of {@link controlPlanePki}. */
export interface ControlPlanePkiProps {
  /** Where its files are, and where it listens. */
  readonly layout: ControlPlaneLayout;
  /**
   * Names and addresses at which the API server is reached besides the host, `localhost` and its Service.
   * @default - none
   */
  readonly serverNames?: readonly string[];
  /**
   * Ranges of Service addresses, one or one for each family; the first address of each is that of the API server.
   * @default '10.96.0.0/16'
   */
  readonly serviceRange?: string;
  /**
   * The domain of the cluster's DNS.
   * @default 'cluster.local'
   */
  readonly domain?: string;
  /**
   * Which algorithms are used.
   * @default 'modern'
   */
  readonly cryptography?: CryptographyName;
}

/** The addresses of the `kubernetes` Service: the first after that of each range itself. Nothing for what is no range. */
export function apiServerServiceAddresses(ranges: string): readonly string[] {
  return ranges.split(',').flatMap((range) => {
    const cidr = Cidr.parse(range)?.masked();
    return cidr === undefined ? [] : [new Ip(cidr.ip.family, cidr.ip.bits + 1n).toString()];
  });
}

/** A certificate's specification, with its names told apart from its addresses. */
export function leaf(
  name: string,
  authority: string,
  commonName: string,
  uses: readonly CertificateUse[],
  more: { readonly organizations?: readonly string[]; readonly names?: readonly string[] } = {},
): LeafSpec {
  const names = more.names ?? [];
  const isAddress = (value: string): boolean => Ip.parse(value) !== undefined;
  return {
    name,
    authority,
    commonName,
    organizations: more.organizations ?? [],
    uses,
    dnsNames: [...new Set(names.filter((value) => !isAddress(value)))],
    ipAddresses: [...new Set(names.filter(isAddress))],
    lifetimeDays: LEAF_LIFETIME_DAYS,
  };
}

/**
 * The certificates of a control plane: three authorities (cluster, etcd, front proxy), one certificate for each purpose,
 * and a kubeconfig for each identity. File names are those of kubeadm. Source: NET-3, NET-4, AUTH-2.
 */
export function controlPlanePki(props: ControlPlanePkiProps): PkiSpec {
  const { layout, serverNames = [], serviceRange = DEFAULT_SERVICE_RANGE, domain = 'cluster.local' } = props;
  const here = [layout.host, localAddress(layout), 'localhost'];
  const service = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    `kubernetes.default.svc.${domain}`,
  ];
  const authority = (name: string, commonName: string): AuthoritySpec => ({
    name,
    commonName,
    lifetimeDays: AUTHORITY_LIFETIME_DAYS,
  });
  const kubeconfig = (
    name: string,
    commonName: string,
    organizations: readonly string[] = [],
  ): KubeconfigSpec => ({
    name,
    server: `https://${urlHost(layout.host)}:${layout.ports.apiServer}`,
    identity: leaf(`kubeconfig/${name}`, 'ca', commonName, ['client'], { organizations }),
  });
  const { curve } = CRYPTOGRAPHY[props.cryptography ?? 'modern'];
  return {
    curve,
    renewInLast: RENEW_IN_LAST,
    authorities: [
      authority('ca', 'keelson cluster CA'),
      authority('etcd/ca', 'keelson etcd CA'),
      authority('front-proxy-ca', 'keelson front proxy CA'),
    ],
    leaves: [
      leaf('apiserver', 'ca', 'kube-apiserver', ['server'], {
        names: [...here, ...service, ...apiServerServiceAddresses(serviceRange), ...serverNames],
      }),
      leaf('apiserver-kubelet-client', 'ca', 'kube-apiserver-kubelet-client', ['client']),
      leaf('controller-manager', 'ca', 'kube-controller-manager', ['server'], { names: here }),
      leaf('scheduler', 'ca', 'kube-scheduler', ['server'], { names: here }),
      leaf('etcd/server', 'etcd/ca', 'etcd', ['server'], { names: here }),
      leaf('etcd/peer', 'etcd/ca', 'etcd-peer', ['server', 'client'], { names: [...here, ETCD_PEER_NAME] }),
      leaf('apiserver-etcd-client', 'etcd/ca', 'kube-apiserver-etcd-client', ['client'], {
        names: [ETCD_CLIENT_NAME],
      }),
      leaf('front-proxy-client', 'front-proxy-ca', FRONT_PROXY_CLIENT_NAME, ['client']),
    ],
    signingKeys: ['sa'],
    kubeconfigs: [
      kubeconfig('admin', 'keelson-admin', [ADMINISTRATORS_GROUP]),
      kubeconfig('controller-manager', 'system:kube-controller-manager'),
      kubeconfig('scheduler', 'system:kube-scheduler'),
    ],
  };
}
