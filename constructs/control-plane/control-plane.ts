import { TARGET_KUBERNETES, throwIfAny, type KubernetesMinor } from '../../model';
import { ApiServer, type ApiServerProps } from './api-server';
import { controlPlanePki, type PkiSpec } from './certificates';
import type { Component } from './component';
import { ControllerManager } from './controller-manager';
import { Etcd, type EtcdProps } from './etcd';
import { unknownFields } from './known-fields';
import { unknownFlags } from './known-flags';
import { layoutProblems, type ControlPlaneLayout } from './layout';
import { Scheduler } from './scheduler';

/** Properties of {@link ControlPlane}. */
export interface ControlPlaneProps extends ApiServerProps, EtcdProps {
  /**
   * Names and addresses at which the API server is reached besides the host, `localhost` and its Service.
   * @default - none
   */
  readonly serverNames?: readonly string[];
  /**
   * The domain of the cluster's DNS.
   * @default 'cluster.local'
   */
  readonly domain?: string;
  /**
   * Whether several controller managers and schedulers choose a leader; `false` where there is only one of each.
   * @default true
   */
  readonly leaderElection?: boolean;
  /**
   * The minor release that runs.
   * @default - the newest that is supported
   */
  readonly release?: KubernetesMinor;
}

/** A whole control plane: its components in the order they start, and the certificates they need. */
export class ControlPlane {
  /** Where its files are, and where it listens. */
  public readonly layout: ControlPlaneLayout;
  /** Where the API server keeps its objects. */
  public readonly etcd: Etcd;
  /** What everything else talks to. */
  public readonly apiServer: ApiServer;
  /** What makes pods of workloads. */
  public readonly controllerManager: ControllerManager;
  /** What finds nodes for pods. */
  public readonly scheduler: Scheduler;
  /** The certificates that all of them need. */
  public readonly pki: PkiSpec;

  /** @throws KeelsonError `construct/invalid` with everything that is wrong with the properties */
  public constructor(props: ControlPlaneProps) {
    throwIfAny(layoutProblems(props.layout));
    this.layout = props.layout;
    this.etcd = new Etcd(props);
    this.apiServer = new ApiServer(props);
    this.controllerManager = new ControllerManager(props);
    this.scheduler = new Scheduler(props);
    this.pki = controlPlanePki(props);
    const { release = TARGET_KUBERNETES } = props;
    throwIfAny(
      this.components.flatMap((component) => [
        ...unknownFlags(component, release),
        ...component.files.flatMap(({ path, content }) => unknownFields(path, content, release)),
      ]),
    );
  }

  /** The components in the order they start. */
  public get components(): readonly Component[] {
    return [this.etcd, this.apiServer, this.controllerManager, this.scheduler];
  }
}
