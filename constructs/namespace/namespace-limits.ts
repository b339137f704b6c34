import { Construct } from 'constructs';
import type { DefaultResources } from '../../model';
import { k8s } from '../cdk8s-plus';

/** How much all objects of a namespace may take together: quantities as Kubernetes writes them. */
export interface NamespaceQuota {
  /**
   * Pods that are not finished.
   *
   * @default 50
   */
  readonly pods?: number;
  /**
   * CPU that is reserved.
   *
   * @default 10
   */
  readonly cpu?: string;
  /**
   * Memory that is reserved, and also that may be used.
   *
   * @default 20Gi
   */
  readonly memory?: string;
  /**
   * Disk of nodes that may be used.
   *
   * @default 100Gi
   */
  readonly ephemeralStorage?: string;
  /**
   * Storage that is claimed.
   *
   * @default 100Gi
   */
  readonly storage?: string;
}

/** Settings of `NamespaceLimits`. */
export interface NamespaceLimitsProps {
  /** Name of the namespace. */
  readonly namespace: string;
  /** How much all objects of the namespace may take together. */
  readonly quota: NamespaceQuota;
  /** What a container gets that came past the constructs without saying. */
  readonly resources: DefaultResources;
}

/**
 * Bounds what a namespace takes from its neighbours: a ResourceQuota over all its objects, which also keeps Services from
 * opening ports of nodes, and a LimitRange for containers that say nothing.
 *
 * Source: the guidance on resource policies; CIS 5.6.1.
 */
export class NamespaceLimits extends Construct {
  public constructor(scope: Construct, id: string, { namespace, quota, resources }: NamespaceLimitsProps) {
    super(scope, id);
    const metadata = { name: 'limits', namespace };
    const { pods = 50, cpu = '10', memory = '20Gi', ephemeralStorage = '100Gi', storage = '100Gi' } = quota;
    new k8s.KubeResourceQuota(this, 'Quota', {
      metadata,
      spec: {
        hard: quantities({
          pods: String(pods),
          'requests.cpu': cpu,
          'requests.memory': memory,
          'limits.memory': memory,
          'limits.ephemeral-storage': ephemeralStorage,
          'requests.storage': storage,
          'services.nodeports': '0',
        }),
      },
    });
    new k8s.KubeLimitRange(this, 'Range', {
      metadata,
      spec: {
        limits: [
          {
            type: 'Container',
            defaultRequest: quantities({
              cpu: resources.cpu,
              memory: resources.memory,
              'ephemeral-storage': resources.ephemeralStorage,
            }),
            default: quantities({
              memory: resources.memory,
              'ephemeral-storage': resources.ephemeralStorageLimit,
            }),
          },
        ],
      },
    });
  }
}

function quantities(texts: Readonly<Record<string, string>>): Record<string, k8s.Quantity> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, k8s.Quantity.fromString(text)]),
  );
}
