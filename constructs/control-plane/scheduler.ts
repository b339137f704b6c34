import type { Component, ConfigurationFile, Listener } from './component';
import { CRYPTOGRAPHY, type CryptographyName } from './cryptography';
import { localAddress, type ControlPlaneLayout } from './layout';
import { loopbackSettings } from './loopback-component';
import { setting, type Setting } from './setting';

/** Properties of {@link Scheduler}. */
export interface SchedulerProps {
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

/** The scheduler with its hardened settings. Source: the item beside each. */
export class Scheduler implements Component {
  public readonly name = 'kube-scheduler';
  public readonly settings: readonly Setting[];
  /** The files that it reads, whose content is known here. */
  public readonly files: readonly ConfigurationFile[] = [];
  /** Where it listens, and for what. */
  public readonly listeners: readonly Listener[];
  /** Variables of its environment: what no flag can say. */
  public readonly environment: Readonly<Record<string, string>>;

  public constructor(props: SchedulerProps) {
    const { layout, cryptography, leaderElection = true } = props;
    this.settings = [
      ...loopbackSettings({
        name: 'scheduler',
        layout,
        port: layout.ports.scheduler,
        cryptography,
        cis: ['1.4.2'],
      }),
      setting('leader-elect', leaderElection),
      setting('profiling', false, 'UPG-3', '1.4.1'),
      setting('contention-profiling', false, 'UPG-3'),
    ];
    this.environment = CRYPTOGRAPHY[cryptography ?? 'modern'].environment;
    this.listeners = [
      { purpose: 'metrics and health', host: localAddress(layout), port: layout.ports.scheduler },
    ];
  }
}
