import type { Component, ConfigurationFile, Listener } from './component';
import { CRYPTOGRAPHY, type CryptographyName } from './cryptography';
import { localAddress, type ControlPlaneLayout } from './layout';
import { loopbackSettings } from './loopback-component';
import { setting, type Setting } from './setting';

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
    const host = localAddress(layout);
    this.settings = [
      ...loopbackSettings({
        name: 'cloud-controller-manager',
        layout,
        port: CLOUD_CONTROLLER_MANAGER_PORT,
        cryptography,
        cis: [],
      }),
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
