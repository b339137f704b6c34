import type { Component, ConfigurationFile, Listener } from './component';
import { CRYPTOGRAPHY, type CryptographyName } from './cryptography';
import { ETCD_CLIENT_NAME, ETCD_PEER_NAME } from './certificates';
import { certificateFile, keyFile, localAddress, urlHost, type ControlPlaneLayout } from './layout';
import { setting, type Setting } from './setting';
import { TLS_FLOOR } from './tls';

/** A member of an etcd cluster. */
export interface EtcdMember {
  /** Its name, which no other member has. */
  readonly name: string;
  /** Address at which the other members reach it. */
  readonly address: string;
}

/** Properties of {@link Etcd}. */
export interface EtcdProps {
  /** Where its files are, and where it listens. */
  readonly layout: ControlPlaneLayout;
  /**
   * Which algorithms are used.
   * @default 'modern'
   */
  readonly cryptography?: CryptographyName;
  /**
   * The name of this member.
   * @default 'keelson'
   */
  readonly etcdName?: string;
  /**
   * All members of the cluster, this one among them.
   * @default - it is alone
   */
  readonly etcdMembers?: readonly EtcdMember[];
  /**
   * Names in the certificates of clients besides the API server.
   * @default - the API server is the only client
   */
  readonly etcdClients?: readonly string[];
  /**
   * Port on loopback for health and metrics, in the clear: what watches a static pod cannot present a certificate.
   * @default - none: both are on the client port only
   */
  readonly etcdMetricsPort?: number;
}

/**
 * etcd with its hardened settings: mutual TLS on both ports, each with certificates of its own authority, and on each port only
 * the names that belong there. Source: NET-3, NET-4, CIS 2.1 to 2.7.
 */
export class Etcd implements Component {
  public readonly name = 'etcd';
  public readonly settings: readonly Setting[];
  /** The files that it reads, whose content is known here. */
  public readonly files: readonly ConfigurationFile[] = [];
  /** Where it listens, and for what. */
  public readonly listeners: readonly Listener[];
  /** Variables of its environment: what no flag can say. */
  public readonly environment: Readonly<Record<string, string>>;

  public constructor(props: EtcdProps) {
    const { layout, etcdName = 'keelson', etcdMetricsPort } = props;
    const { host, ports } = layout;
    const local = localAddress(layout);
    const members = props.etcdMembers ?? [{ name: etcdName, address: host }];
    const client = (address: string): string => `https://${urlHost(address)}:${ports.etcdClient}`;
    const peer = (address: string): string => `https://${urlHost(address)}:${ports.etcdPeer}`;
    const clientHosts = [...new Set([local, host])];
    this.settings = [
      setting('name', etcdName),
      setting('data-dir', layout.etcdData),
      setting('listen-client-urls', clientHosts.map(client).join(','), 'NET-3'),
      setting('advertise-client-urls', client(host)),
      setting('listen-peer-urls', peer(host), 'NET-3'),
      setting('initial-advertise-peer-urls', peer(host)),
      setting('initial-cluster', members.map(({ name, address }) => `${name}=${peer(address)}`).join(',')),
      ...(etcdMetricsPort === undefined
        ? []
        : [setting('listen-metrics-urls', `http://${urlHost(local)}:${etcdMetricsPort}`, 'NET-4')]),
      setting('cert-file', certificateFile(layout, 'etcd/server'), 'NET-4', '2.1'),
      setting('key-file', keyFile(layout, 'etcd/server'), 'NET-4', '2.1'),
      setting('client-cert-auth', true, 'NET-3', '2.2'),
      setting('trusted-ca-file', certificateFile(layout, 'etcd/ca'), 'NET-3', '2.7'),
      setting(
        'client-cert-allowed-hostname',
        [ETCD_CLIENT_NAME, ...(props.etcdClients ?? [])].join(','),
        'NET-3',
      ),
      setting('auto-tls', false, 'NET-4', '2.3'),
      setting('peer-cert-file', certificateFile(layout, 'etcd/peer'), 'NET-4', '2.4'),
      setting('peer-key-file', keyFile(layout, 'etcd/peer'), 'NET-4', '2.4'),
      setting('peer-client-cert-auth', true, 'NET-3', '2.5'),
      setting('peer-trusted-ca-file', certificateFile(layout, 'etcd/ca'), 'NET-3', '2.7'),
      setting('peer-cert-allowed-hostname', ETCD_PEER_NAME, 'NET-3'),
      setting('peer-auto-tls', false, 'NET-4', '2.6'),
      // etcd refuses a list of suites together with this floor: TLS 1.3 has no weak ones.
      setting('tls-min-version', `TLS${TLS_FLOOR}`, 'NET-4'),
      // JSON over HTTP is for no client of ours; it would also need a second identity that may read everything.
      setting('enable-grpc-gateway', false, 'NET-3'),
      // The default lets pages of every origin call the client port.
      setting('cors', client(local), 'NET-3'),
      setting('enable-pprof', false, 'NET-3'),
    ];
    this.environment = CRYPTOGRAPHY[props.cryptography ?? 'modern'].environment;
    this.listeners = [
      ...clientHosts.map((address) => ({ purpose: 'clients', host: address, port: ports.etcdClient })),
      { purpose: 'peers', host, port: ports.etcdPeer },
      ...(etcdMetricsPort === undefined
        ? []
        : [
            { purpose: 'health and metrics', host: local, port: etcdMetricsPort, protocol: 'plain' as const },
          ]),
    ];
  }
}
