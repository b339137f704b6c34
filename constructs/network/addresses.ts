import { Construct } from 'constructs';
import type { k8s } from '../cdk8s-plus';
import { constructError, type PropsCheck } from '../validation';
import { blockOf, policyBlock, type AddressBlock } from './address-block';
import { networkOf } from './network-of';
import { distinct, EVERYWHERE, nodeBlocks, outside } from './own-ranges';
import { peerCheck } from './peer-check';
import { API_SERVER_COMMANDS, rangeOf } from './read-network';
import { statedBlocks, statedExceptions } from './stated-blocks';

/** Settings of `Addresses.everywhere`. */
export interface EverywhereProps {
  /**
   * Ranges that are left out.
   *
   * @default - none but the cluster's own, as far as the app states them, and the metadata of clouds
   */
  readonly except?: readonly string[];
}

/** Settings of `Addresses.of`. */
export interface AddressesProps {
  /** Ranges of IPv4 and IPv6 addresses, for example `203.0.113.0/24`; one address is `203.0.113.7/32`. */
  readonly ranges: readonly string[];
  /**
   * Ranges inside of these that are left out.
   *
   * @default - none but the metadata of clouds
   */
  readonly except?: readonly string[];
}

/** Addresses as they were read. */
interface Read {
  readonly blocks: readonly AddressBlock[];
  readonly entities?: readonly string[];
}

/**
 * Something outside of the cluster, or in the network of its nodes, that network policies know by its addresses only. The address
 * at which clouds give out credentials is never among them.
 *
 * Source: NET-5, NET-6.
 */
export class Addresses extends Construct {
  /**
   * Addresses by their ranges.
   *
   * @throws KeelsonError naming each range and exception that cannot be, and each that holds addresses of the cluster itself
   */
  public static of(scope: Construct, id: string, props: AddressesProps): Addresses {
    return new Addresses(scope, id, (peer, check) => ({
      blocks: statedBlocks(check, props, networkOf(peer)),
    }));
  }

  /**
   * Everything outside of the cluster, IPv4 and IPv6. Pods, Services and nodes are left out where the app states their ranges.
   *
   * @throws KeelsonError naming each exception that cannot be
   */
  public static everywhere(scope: Construct, id: string, props: EverywhereProps = {}): Addresses {
    return new Addresses(scope, id, (peer, check) => ({
      blocks: outside(networkOf(peer), statedExceptions(check, props.except ?? [], EVERYWHERE)),
    }));
  }

  /**
   * The nodes, and what runs in their network: no labels select that.
   *
   * @throws KeelsonError if the app does not state the ranges of its nodes
   */
  public static nodes(scope: Construct, id = 'nodes'): Addresses {
    return new Addresses(scope, id, (peer) => {
      const blocks = nodeBlocks(networkOf(peer));
      if (blocks.length > 0) return { blocks, entities: ['host', 'remote-node'] };
      throw constructError(
        peer,
        'network.nodes',
        'The app does not state the addresses of its nodes, and what is in their network is known by nothing else.',
        "Write new KeelsonApp({ network: { nodes: ['192.0.2.0/24'] } }): `kubectl get nodes -o wide` shows them.",
      );
    });
  }

  /**
   * The addresses that the API server calls from, for example webhooks: those of its endpoints.
   *
   * @throws KeelsonError if the app does not state where its API server is
   */
  public static apiServer(scope: Construct, id = 'api-server'): Addresses {
    return new Addresses(scope, id, (peer) => {
      const { apiServer } = networkOf(peer);
      if (apiServer !== undefined) {
        const ranges = distinct(apiServer.endpoints.map(rangeOf));
        return { blocks: ranges.map((range) => blockOf(range, [])), entities: ['kube-apiserver'] };
      }
      throw constructError(
        peer,
        'network.apiServer',
        'The app does not state where its API server is, so that nobody can tell its calls from others.',
        `Write new KeelsonApp({ network: { apiServer: { service, endpoints } } }): ${API_SERVER_COMMANDS}`,
      );
    });
  }

  /** What Cilium calls them where it takes no addresses for them: nodes and the API server; empty for all else. */
  public readonly entities: readonly string[];

  private readonly blocks: readonly AddressBlock[];

  private constructor(scope: Construct, id: string, read: (peer: Addresses, check: PropsCheck) => Read) {
    super(scope, id);
    const check = peerCheck(this);
    const { blocks, entities = [] } = read(this, check);
    check.done();
    this.blocks = blocks;
    this.entities = entities;
  }

  /** The ranges, each without its exceptions, as a network policy writes them. */
  public policyPeers(): readonly k8s.NetworkPolicyPeer[] {
    return this.blocks.map(policyBlock);
  }
}
