import { throwIfAny } from '../../model';
import { ApiServer, type ApiServerProps } from './api-server';
import { controlPlanePki, type PkiSpec } from './certificates';
import type { Component } from './component';
import { ControllerManager } from './controller-manager';
import { Etcd } from './etcd';
import { layoutProblems } from './layout';
import { Scheduler } from './scheduler';

/** Properties of {@link ControlPlane}. */
export interface ControlPlaneProps extends ApiServerProps {
  /**
   * Names and addresses at which the API server is reached besides the host, `localhost` and its Service.
   * @default - none
   */
  readonly serverNames?: readonly string[];
  /**
   * Whether several controller managers and schedulers choose a leader; `false` where there is only one of each.
   * @default true
   */
  readonly leaderElection?: boolean;
}

/** A whole control plane: its components in the order they start, and the certificates they need. */
export class ControlPlane {
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
    this.etcd = new Etcd(props);
    this.apiServer = new ApiServer(props);
    this.controllerManager = new ControllerManager(props);
    this.scheduler = new Scheduler(props);
    this.pki = controlPlanePki(props);
  }

  /** The components in the order they start. */
  public get components(): readonly Component[] {
    return [this.etcd, this.apiServer, this.controllerManager, this.scheduler];
  }
}
