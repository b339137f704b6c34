import type { Component, ConfigurationFile, Listener } from './component';
import { CRYPTOGRAPHY, type CryptographyName } from './cryptography';
import { certificateFile, keyFile, localAddress, type ControlPlaneLayout } from './layout';
import { loopbackSettings } from './loopback-component';
import { setting, type Setting } from './setting';

/** Properties of {@link ControllerManager}. */
export interface ControllerManagerProps {
  /** Where its files are, and where it listens. */
  readonly layout: ControlPlaneLayout;
  /**
   * Which algorithms are used.
   * @default 'modern'
   */
  readonly cryptography?: CryptographyName;
  /**
   * Whether several of them choose a leader; `false` where there is only one.
   * @default true
   */
  readonly leaderElection?: boolean;
}

/** How long certificates last that are signed for nodes and users through the API: 30 days, not the year it would be. */
export const CLUSTER_SIGNING_DURATION = '720h';

/** The controller manager with its hardened settings. Source: the item beside each. */
export class ControllerManager implements Component {
  public readonly name = 'kube-controller-manager';
  public readonly settings: readonly Setting[];
  /** The files that it reads, whose content is known here. */
  public readonly files: readonly ConfigurationFile[] = [];
  /** Where it listens, and for what. */
  public readonly listeners: readonly Listener[];
  /** Variables of its environment: what no flag can say. */
  public readonly environment: Readonly<Record<string, string>>;

  public constructor(props: ControllerManagerProps) {
    const { layout, cryptography, leaderElection = true } = props;
    this.settings = [
      ...loopbackSettings({
        name: 'controller-manager',
        layout,
        port: layout.ports.controllerManager,
        cryptography,
        cis: ['1.3.7'],
      }),
      setting('leader-elect', leaderElection),
      // Each controller asks for its own credentials at the start; the default of 20 a second makes that take seconds.
      // The API server's priority and fairness, not the client, keeps one caller from crowding out the others.
      setting('kube-api-qps', 100),
      setting('kube-api-burst', 200),
      setting('profiling', false, 'UPG-3', '1.3.2'),
      // Each controller acts with its own rights, not with the sum of all.
      setting('use-service-account-credentials', true, 'AUTH-3', '1.3.3'),
      setting('service-account-private-key-file', keyFile(layout, 'sa'), 'AUTH-2', '1.3.4'),
      setting('root-ca-file', certificateFile(layout, 'ca'), 'NET-4', '1.3.5'),
      setting('cluster-signing-cert-file', certificateFile(layout, 'ca'), 'NET-4'),
      setting('cluster-signing-key-file', keyFile(layout, 'ca'), 'NET-4'),
      setting('cluster-signing-duration', CLUSTER_SIGNING_DURATION, 'AUTH-2'),
      // FlexVolume, long deprecated, runs what it finds in a folder of the system, which it would make: an empty one here.
      setting('flex-volume-plugin-dir', `${layout.configuration}/flexvolume`, 'UPG-3'),
      setting('terminated-pod-gc-threshold', 1000, 'UPG-3', '1.3.1'),
    ];
    this.environment = CRYPTOGRAPHY[cryptography ?? 'modern'].environment;
    this.listeners = [
      { purpose: 'metrics and health', host: localAddress(layout), port: layout.ports.controllerManager },
    ];
  }
}
