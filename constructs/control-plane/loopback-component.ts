import type { CryptographyName } from './cryptography';
import { certificateFile, keyFile, kubeconfigFile, localAddress, type ControlPlaneLayout } from './layout';
import { setting, type Setting } from './setting';
import { tlsSettings } from './tls';

/** Properties of {@link loopbackSettings}. */
export interface LoopbackComponent {
  /** The name of its certificate and of its kubeconfig. */
  readonly name: string;
  /** Where its files are, and where it listens. */
  readonly layout: ControlPlaneLayout;
  readonly port: number;
  /**
   * Which algorithms are used.
   * @default 'modern'
   */
  readonly cryptography?: CryptographyName;
  /** Items of the benchmark that ask where it listens. */
  readonly cis: readonly string[];
}

/**
 * What the managers and the scheduler have in common: each serves metrics and health on this machine alone, over TLS with a certificate of its
 * own, knows the API server by its kubeconfig, and asks it who may see them. Source: NET-1, NET-4, AUTH-1 to AUTH-3, ARCH-1.
 */
export function loopbackSettings({
  name,
  layout,
  port,
  cryptography,
  cis,
}: LoopbackComponent): readonly Setting[] {
  const kubeconfig = kubeconfigFile(layout, name);
  return [
    setting('bind-address', localAddress(layout), 'NET-1', ...cis),
    setting('secure-port', port, 'ARCH-1'),
    setting('tls-cert-file', certificateFile(layout, name), 'NET-4'),
    setting('tls-private-key-file', keyFile(layout, name), 'NET-4'),
    ...tlsSettings(cryptography),
    setting('kubeconfig', kubeconfig, 'AUTH-2'),
    setting('authentication-kubeconfig', kubeconfig, 'AUTH-1'),
    setting('authorization-kubeconfig', kubeconfig, 'AUTH-3'),
    setting('client-ca-file', certificateFile(layout, 'ca'), 'AUTH-2'),
  ];
}
