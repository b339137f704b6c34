import type { Listener } from '../control-plane/component';
import { documentOf, field, type ConfigField } from './config-field';
import type { NodeDocument } from './file-tree';
import { NODE_PATHS } from './node-paths';

/** Properties of {@link KubeProxy}. */
export interface KubeProxyProps {
  /** Ranges of pod addresses, one for each family. */
  readonly podRanges: readonly string[];
  /**
   * Whether load balancers in front of the nodes ask for their health. Only then is that port open beyond the node; the firewall
   * admits the load balancers alone.
   * @default false
   */
  readonly externalHealthChecks?: boolean;
}

/** Where kube-proxy listens. Both ports are plain HTTP: it knows no TLS. Source: ARCH-1. */
export const KUBE_PROXY_PORTS = { metrics: 10249, health: 10256 } as const;

/** kube-proxy's configuration (`kubeproxy.config.k8s.io/v1alpha1`) with its hardened fields. Source: the item beside each. */
export class KubeProxy {
  public readonly name = 'kube-proxy';
  /** The fields in a fixed order, each with its reason. */
  public readonly fields: readonly ConfigField[];
  /** The whole document: it is part of what kubeadm is given. */
  public readonly document: NodeDocument;
  /** Where it listens, and for what. */
  public readonly listeners: readonly Listener[];

  public constructor({ podRanges, externalHealthChecks = false }: KubeProxyProps) {
    const health = externalHealthChecks ? '0.0.0.0' : '127.0.0.1';
    this.fields = [
      field(
        'mode',
        'nftables',
        'The one mode whose rules the kernel still grows; iptables is on its way out.',
        'UPG-3',
      ),
      field(
        'metricsBindAddress',
        `127.0.0.1:${KUBE_PROXY_PORTS.metrics}`,
        'Plain, so it stays on the node.',
        'NET-4',
        '4.3.1',
      ),
      field(
        'healthzBindAddress',
        `${health}:${KUBE_PROXY_PORTS.health}`,
        'Plain: it stays on the node unless load balancers ask, and then says healthy or not, and no more.',
        'NET-4',
      ),
      field('enableProfiling', false, 'Profiles show memory.', 'UPG-3'),
      field('bindAddressHardFail', true, 'A port that is taken is an error, not a warning.', 'ARCH-1'),
      field(
        'nodePortAddresses',
        ['primary'],
        'Node ports are on the address of the node, not on all it has.',
        'NET-1',
      ),
      field('clusterCIDR', podRanges.join(','), 'Which sources are pods.'),
      field('detectLocalMode', 'ClusterCIDR', 'Pods are told by those ranges.'),
      field('conntrack.tcpBeLiberal', false, 'Packets outside of a connection are dropped.', 'NET-1'),
      field('clientConnection.kubeconfig', NODE_PATHS.kubeProxyKubeconfig, 'Its own identity.', 'AUTH-2'),
    ];
    this.document = documentOf(this.fields, {
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
    });
    this.listeners = [
      { purpose: 'metrics', host: '127.0.0.1', port: KUBE_PROXY_PORTS.metrics, protocol: 'plain' },
      {
        purpose: 'health',
        host: health,
        port: KUBE_PROXY_PORTS.health,
        protocol: 'plain',
        ...(externalHealthChecks ? { exposed: HEALTH_ALONE } : {}),
      },
    ];
  }
}

const HEALTH_ALONE =
  'It answers health checks of load balancers with healthy or not, and the firewall lets them alone in.';
