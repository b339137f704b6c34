import { Construct } from 'constructs';
import { constructError } from '../validation';
import { Addresses } from './addresses';
import { ApiServerEgress } from './api-server-egress';
import { Connection } from './connection';
import { checkShapes } from './connection-check';
import {
  describeEnd,
  isOutside,
  labelsOf,
  type ConnectionEnd,
  type ConnectionPeer,
  type OutsidePeer,
} from './connection-end';
import type { ConnectionPort } from './connection-port';
import { idOf } from './declared-once';
import { HostEgress } from './host-egress';
import { networkOf } from './network-of';
import { policyName } from './policy-name';
import type { Port } from './port';
import type { PortRange } from './port-range';
import { NO_WAY_TO_API_SERVER } from './read-network';

/** A workload that connections can be declared for. What is not declared, its namespace denies. */
export abstract class Connectable extends Construct implements ConnectionPeer {
  /** Name of the workload. */
  public abstract readonly name: string;
  /** Name of the namespace it lives in. */
  public abstract readonly namespace: string;
  /** The ports that its own container opens. */
  public abstract readonly ports: readonly (Port | PortRange)[];

  /**
   * Declares that this workload opens connections to another, and lets them through on both sides; to `Addresses` and
   * `ForeignPods` at its own side.
   *
   * @throws KeelsonError if the other workload opens no such port, or it is declared already
   */
  public connectTo(peer: ConnectionEnd, port: ConnectionPort): Connection {
    return this.connect('To', peer, port);
  }

  /**
   * Lets in what is not in the app: `Addresses`, or `ForeignPods` as those of an ingress controller. Who is in the app says
   * `connectTo`.
   *
   * @throws KeelsonError if this workload opens no such port, or it is declared already
   */
  public acceptFrom(peer: OutsidePeer, port: ConnectionPort): Connection {
    return this.connect('From', peer, port);
  }

  /**
   * Lets this workload out to a host outside of the cluster by its name. Only Cilium can do that.
   *
   * @param host the whole name, for example `api.payments.example`
   * @throws KeelsonError if the app does not state that its network plugin is Cilium, or the name is not that of one host
   *   outside of the cluster
   */
  public connectToHost(host: string, port: Port): HostEgress {
    const what = `The connection from ${describeEnd(this)} to ${host} on ${port}`;
    return new HostEgress(this, idOf(this, `ToHost-${host}-${port}`, what), { from: this, host, port });
  }

  /**
   * Lets this workload out to the API server: to the addresses and ports that the app states, and nothing else. `mayCall`
   * does so too. It gets no token by this.
   *
   * @throws KeelsonError if the app does not state where its API server is
   */
  public connectToApiServer(): ApiServerEgress {
    const before = this.node.tryFindChild('ToApiServer');
    if (before !== undefined) return before as ApiServerEgress;
    const { apiServer, plugin } = networkOf(this);
    if (apiServer === undefined) throw constructError(this, 'connectToApiServer', ...NO_WAY_TO_API_SERVER);
    const { name, namespace } = this;
    return new ApiServerEgress(this, 'ToApiServer', {
      name: policyName(`${name}-to-api-server`, [name]),
      ...{ namespace, labels: labelsOf(this), apiServer, plugin },
    });
  }

  /**
   * Lets the API server in, as it calls admission webhooks and extension API servers: from the addresses that the app states as
   * its endpoints.
   *
   * @throws KeelsonError if the app does not state where its API server is, or this workload opens no such port
   */
  public acceptFromApiServer(port: ConnectionPort): Connection {
    const before = this.node.tryFindChild('api-server');
    return this.acceptFrom((before as Addresses | undefined) ?? Addresses.apiServer(this), port);
  }

  private connect(word: 'To' | 'From', peer: ConnectionEnd, port: ConnectionPort): Connection {
    const [from, to] = word === 'To' ? [this, peer] : [peer, this];
    checkShapes(this, { from, to, port });
    const at = isOutside(peer) ? peer.node.path : `${peer.namespace}.${peer.name}`;
    const what = `The connection from ${describeEnd(from)} to ${describeEnd(to)} on ${port}`;
    return new Connection(this, idOf(this, `${word}-${at}-${port}`, what), { from, to, port });
  }
}
