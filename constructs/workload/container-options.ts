import type { Size } from 'cdk8s';
import type { Waived } from '../../model';
import type { ContainerLifecycle, Probe } from '../cdk8s-plus';
import type { Port } from '../network/port';
import type { PortRange } from '../network/port-range';
import type { PassedOn } from '../output';
import type { SecretSource } from '../secrets/secret-source';

/** One key of a Secret. */
export interface SecretKey {
  readonly secret: SecretSource;
  readonly key: string;
}

/** What a workload's own container is told. */
export interface ContainerOptions {
  /**
   * The image, with its digest: `registry/name:tag@sha256:…`. Without a digest only as `waived(…)` (control `image-digest`).
   * Source: POD-3; CIS 5.5.1.
   */
  readonly image: PassedOn<string> | Waived<string>;
  /**
   * Program to run in place of the image's own.
   *
   * @default - that of the image
   */
  readonly command?: readonly PassedOn<string>[];
  /**
   * Arguments of the program.
   *
   * @default - those of the image
   */
  readonly args?: readonly PassedOn<string>[];
  /**
   * Folder in which the program starts.
   *
   * @default - that of the image
   */
  readonly workingDir?: string;
  /**
   * Environment variables that are not secret.
   *
   * @default - none
   */
  readonly env?: Readonly<Record<string, PassedOn<string>>>;
  /**
   * Secrets to mount as read-only files, by absolute path of the folder. Source: NET-6; CIS 5.4.1.
   *
   * @default - none
   */
  readonly secretFiles?: Readonly<Record<string, SecretSource>>;
  /**
   * Secrets as environment variables, for programs that read no file (control `secret-in-environment`).
   *
   * @default - none
   */
  readonly secretEnv?: Waived<Readonly<Record<string, SecretKey>>>;
  /**
   * Folders that the container may write to, by absolute path, with the size at which the pod is evicted. Each is an emptyDir:
   * it is gone with the pod. Source: POD-2.
   *
   * @default - none: nothing is writable
   */
  readonly writable?: Readonly<Record<string, Size>>;
  /**
   * The port that it serves. A Service and, for TCP, a readiness probe come with it.
   *
   * @default - it serves nothing
   */
  readonly port?: Port;
  /**
   * More ports that it serves, for example of its metrics.
   *
   * @default - none
   */
  readonly otherPorts?: readonly Port[];
  /**
   * Ports that it opens as it goes, as passive FTP and RTP do. No Service leads there: others reach them at the pods' own
   * addresses, where a connection lets them.
   *
   * @default - none
   */
  readonly portRanges?: readonly PortRange[];
  /**
   * When it may be called. Required where it serves a port that is not TCP.
   *
   * @default - once `port` takes connections, where it is TCP
   */
  readonly readiness?: Probe;
  /**
   * When it has to be started anew.
   *
   * @default - when it ends
   */
  readonly liveness?: Probe;
  /**
   * Until when the other probes wait for its start.
   *
   * @default - they do not wait
   */
  readonly startup?: Probe;
  /**
   * What runs after its start and before its end.
   *
   * @default - nothing
   */
  readonly lifecycle?: ContainerLifecycle;
  /**
   * User id, in the range of the posture. An image whose files belong to another one gets it as `waived(999, …)` (controls
   * `user-range`; for 0 `root-user` and `run-as-non-root`). Source: POD-1; CIS 5.2.7.
   *
   * @default - the user that the image names, where its facts are known and it is in the range; else that of the posture
   */
  readonly user?: number | Waived<number>;
  /**
   * Group id, also of mounted volumes. 0 only as `waived(0, …)` (control `root-group`).
   *
   * @default - the same as `user`
   */
  readonly group?: number | Waived<number>;
  /**
   * Whether the root file system is read-only. Source: POD-2.
   *
   * @default true; `waived(false, …)` relaxes it (control `read-only-root`)
   */
  readonly readOnlyRoot?: true | Waived<false>;
  /**
   * Capabilities that it keeps, without `CAP_`. Source: POD-6; CIS 5.2.8, 5.2.9.
   *
   * @default - none; NET_BIND_SERVICE is the only one that needs no waiver (controls `drop-capabilities`,
   *   `added-capabilities`)
   */
  readonly capabilities?: readonly 'NET_BIND_SERVICE'[] | Waived<readonly string[]>;
  /**
   * CPU that is reserved, in thousandths of a core; four times that is the limit.
   *
   * @default - that of the posture: 100
   */
  readonly cpuMillis?: number;
  /**
   * Memory that is reserved, which is also the limit.
   *
   * @default - that of the posture: 128 MiB
   */
  readonly memory?: Size;
}
