import type { Component, ConfigurationFile, Listener } from './component';
import { CRYPTOGRAPHY, type CryptographyName } from './cryptography';
import { certificateFile, keyFile, kubeconfigFile, localAddress, type ControlPlaneLayout } from './layout';
import { setting, type Setting } from './setting';
import { tlsSettings } from './tls';

/** The port of the cloud controller manager. Source: ARCH-1. */
export const CLOUD_CONTROLLER_MANAGER_PORT = 10258;

/** Properties of {@link CloudControllerManager}. */
export interface CloudControllerManagerProps {
  /** Where its files are, and where it listens. */
  readonly layout: ControlPlaneLayout;
  /** The name by which its program knows the cloud, for example `openstack`. */
  readonly provider: string;
  /**
   * Which algorithms are used.
   * @default 'modern'
   */
  readonly cryptography?: CryptographyName;
}

/**
 * The controller manager that a cloud's vendor builds from Kubernetes' own framework, with the hardened settings that all of them have. Where
 * the credentials of the cloud are is the vendor's own flag, and no part of this. Source: NET-1, NET-4, ARCH-1.
 */
export class CloudControllerManager implements Component<'cloud-controller-manager'> {
  public readonly name = 'cloud-controller-manager';
  public readonly settings: readonly Setting[];
  /** The files that it reads, whose content is known here. */
  public readonly files: readonly ConfigurationFile[] = [];
  /** Where it listens, and for what. */
  public readonly listeners: readonly Listener[];
  /** Variables of its environment: what no flag can say. */
  public readonly environment: Readonly<Record<string, string>>;

  public constructor({ layout, provider, cryptography }: CloudControllerManagerProps) {
    const kubeconfig = kubeconfigFile(layout, 'cloud-controller-manager');
    const host = localAddress(layout);
    this.settings = [
      setting('bind-address', host, 'NET-1'),
      setting('secure-port', CLOUD_CONTROLLER_MANAGER_PORT, 'ARCH-1'),
      setting('tls-cert-file', certificateFile(layout, 'cloud-controller-manager'), 'NET-4'),
      setting('tls-private-key-file', keyFile(layout, 'cloud-controller-manager'), 'NET-4'),
      ...tlsSettings(cryptography),
      setting('kubeconfig', kubeconfig, 'AUTH-2'),
      setting('authentication-kubeconfig', kubeconfig, 'AUTH-1'),
      setting('authorization-kubeconfig', kubeconfig, 'AUTH-3'),
      setting('client-ca-file', certificateFile(layout, 'ca'), 'AUTH-2'),
      setting('cloud-provider', provider),
      setting('leader-elect', true),
      // Each controller acts with its own rights, not with the sum of all.
      setting('use-service-account-credentials', true, 'AUTH-3'),
      setting('profiling', false, 'UPG-3'),
      setting('contention-profiling', false, 'UPG-3'),
    ];
    this.environment = CRYPTOGRAPHY[cryptography ?? 'modern'].environment;
    this.listeners = [{ purpose: 'metrics and health', host, port: CLOUD_CONTROLLER_MANAGER_PORT }];
  }
}
