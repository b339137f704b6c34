import type { Component, ConfigurationFile, Listener } from './component';
import { ETCD_CLIENT_NAME, ETCD_PEER_NAME } from './certificates';
import { certificateFile, keyFile, type ControlPlaneLayout } from './layout';
import { setting, type Setting } from './setting';
import { TLS_FLOOR } from './tls';

/** Properties of {@link Etcd}. */
export interface EtcdProps {
  /** Where its files are, and where it listens. */
  readonly layout: ControlPlaneLayout;
}

/**
 * etcd, reachable by the API server alone: its own CA, client certificates on both ports, and on each port only the
 * name that belongs there. Metrics and health stay on the client port, so that there is no plain port. Source: NET-3,
 * NET-4, CIS 2.1 to 2.7.
 */
export class Etcd implements Component {
  public readonly name = 'etcd';
  public readonly settings: readonly Setting[];
  /** The files that it reads, whose content is known here. */
  public readonly files: readonly ConfigurationFile[] = [];
  /** Where it listens, and for what. */
  public readonly listeners: readonly Listener[];

  public constructor(props: EtcdProps) {
    const { layout } = props;
    const { host, ports } = layout;
    const client = `https://${host}:${ports.etcdClient}`;
    const peer = `https://${host}:${ports.etcdPeer}`;
    this.settings = [
      setting('name', 'keelson'),
      setting('data-dir', layout.etcdData),
      setting('listen-client-urls', client, 'NET-3'),
      setting('advertise-client-urls', client),
      setting('listen-peer-urls', peer, 'NET-3'),
      setting('initial-advertise-peer-urls', peer),
      setting('initial-cluster', `keelson=${peer}`),
      setting('cert-file', certificateFile(layout, 'etcd/server'), 'NET-4', '2.1'),
      setting('key-file', keyFile(layout, 'etcd/server'), 'NET-4', '2.1'),
      setting('client-cert-auth', true, 'NET-3', '2.2'),
      setting('trusted-ca-file', certificateFile(layout, 'etcd/ca'), 'NET-3', '2.7'),
      setting('client-cert-allowed-hostname', ETCD_CLIENT_NAME, 'NET-3'),
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
      setting('cors', client, 'NET-3'),
      setting('enable-pprof', false, 'NET-3'),
    ];
    this.listeners = [
      { purpose: 'clients', host, port: ports.etcdClient },
      { purpose: 'peers', host, port: ports.etcdPeer },
    ];
  }
}
