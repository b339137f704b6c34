import { zod } from '../../model/zod';
import { webhookShape, type Webhook } from '../access/webhook-kubeconfig';

/**
 * Admission plugins that are enabled besides the ones Kubernetes enables itself (among them PodSecurity, ServiceAccount,
 * NamespaceLifecycle, CertificateSubjectRestriction and ValidatingAdmissionPolicy):
 *
 * - `NodeRestriction`: a kubelet changes only its own node and the pods bound to it (CIS 1.2.14).
 * - `EventRateLimit`: a flood of events cannot fill etcd (CIS 1.2.9).
 * - `DenyServiceExternalIPs`: nobody takes over an address by naming it in a Service (CIS 1.2.3, CVE-2020-8554).
 *
 * `AlwaysPullImages` (CIS 1.2.11) is left out: since 1.35 the kubelet itself verifies that a pod holds credentials for
 * an image that is already on the node, and the plugin would stop every restart while a registry is away.
 */
export const ADMISSION_PLUGINS = ['NodeRestriction', 'EventRateLimit', 'DenyServiceExternalIPs'] as const;

/**
 * Plugins that can be added and need no configuration: each refuses more than Kubernetes does by itself. Plugins that decide for
 * everybody (`AlwaysAdmit`, `AlwaysDeny`) or make namespaces that nobody reviewed (`NamespaceAutoProvision`) are no members.
 * Source: CIS 1.2.10, 1.2.11.
 */
export const ADDED_ADMISSION_PLUGINS = [
  'AlwaysPullImages',
  'ExtendedResourceToleration',
  'LimitPodHardAntiAffinityTopology',
  'OwnerReferencesPermissionEnforcement',
] as const;

/** Name of a plugin that can be added and needs no configuration. */
export type AddedAdmissionPlugin = (typeof ADDED_ADMISSION_PLUGINS)[number];

/** How many events are stored. */
export interface EventLimit {
  /** Events a second, from 1 to 10000. */
  readonly perSecond: number;
  /** Events at once after a quiet time, from 1 to 10000. */
  readonly burst: number;
}

/** Limits of events. One namespace cannot use up what all of them share. Source: CIS 1.2.9. */
export interface EventLimits {
  /**
   * Of all events together.
   * @default - 200 a second, 500 at once
   */
  readonly server?: EventLimit;
  /**
   * Of each namespace.
   * @default - 50 a second, 100 at once
   */
  readonly namespace?: EventLimit;
  /**
   * Of each user, nodes and controllers among them.
   * @default - no limit of its own
   */
  readonly user?: EventLimit;
  /**
   * Of each source and object together.
   * @default - no limit of its own
   */
  readonly sourceAndObject?: EventLimit;
}

/**
 * Labels of nodes, as `pool=batch`. What the pods of a namespace get is an annotation of it
 * (`scheduler.alpha.kubernetes.io/node-selector`): whoever may write that chooses among what is allowed.
 */
export interface NodeSelectors {
  /**
   * What pods get where their namespace has no annotation.
   * @default - nothing
   */
  readonly default?: string;
  /** What pods may ask for, by namespace; in a namespace that is not named they may ask for anything. */
  readonly allowed: Readonly<Record<string, string>>;
}

/** A toleration, as pods have it. */
export interface Toleration {
  readonly key?: string;
  readonly operator?: 'Exists' | 'Equal';
  readonly value?: string;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  readonly tolerationSeconds?: number;
}

/** Tolerations where a namespace says nothing of its own. */
export interface PodTolerations {
  /**
   * What pods get.
   * @default - none
   */
  readonly default?: readonly Toleration[];
  /** What pods may have; nothing else, but what Kubernetes itself gives every pod and those of DaemonSets. */
  readonly allowed: readonly Toleration[];
}

/** A resource that a namespace may use only where a quota covers it. */
export interface LimitedResource {
  /**
   * API group of the resource.
   * @default - the core group
   */
  readonly apiGroup?: string;
  /** Plural name, for example `persistentvolumeclaims`. */
  readonly resource: string;
  /** Parts of what is counted, for example `.storageclass.storage.k8s.io/requests.storage`. */
  readonly matchContains: readonly string[];
}

/** A service that is asked whether an image may run. Where it does not answer, the image may not. Source: CIS 5.5.1. */
export interface ImagePolicyWebhook extends Webhook {
  /**
   * How long a yes is kept, in seconds from 1 to 1800.
   * @default 300
   */
  readonly allowSeconds?: number;
  /**
   * How long a no is kept, in seconds from 1 to 1800.
   * @default 30
   */
  readonly denySeconds?: number;
}

/** What the configurations of plugins have to be. */
export function pluginShapes() {
  const z = zod();
  const limit = z.strictObject({
    perSecond: z.int().min(1).max(10_000),
    burst: z.int().min(1).max(10_000),
  });
  const text = z.string().min(1).max(253);
  const toleration = z.strictObject({
    key: text.optional(),
    operator: z.enum(['Exists', 'Equal']).optional(),
    value: z.string().max(63).optional(),
    effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
    tolerationSeconds: z.int().min(0).optional(),
  });
  const selector = z.string().regex(/^[\w./-]+=[\w.-]*(,[\w./-]+=[\w.-]*)*$/);
  return {
    plugins: z.array(z.enum(ADDED_ADMISSION_PLUGINS)),
    eventLimits: z.strictObject({
      server: limit.optional(),
      namespace: limit.optional(),
      user: limit.optional(),
      sourceAndObject: limit.optional(),
    }),
    nodeSelectors: z.strictObject({
      default: selector.optional(),
      allowed: z.record(z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/), selector),
    }),
    tolerations: z.strictObject({
      default: z.array(toleration).optional(),
      allowed: z.array(toleration).min(1),
    }),
    limitedResources: z
      .array(
        z.strictObject({
          apiGroup: z.string().max(253).optional(),
          resource: text,
          matchContains: z.array(text).min(1),
        }),
      )
      .min(1),
    imagePolicy: z.strictObject({
      ...webhookShape(),
      allowSeconds: z.int().min(1).max(1800).optional(),
      denySeconds: z.int().min(1).max(1800).optional(),
    }),
  };
}

/** The selectors as PodNodeSelector reads them. */
export function podNodeSelector(selectors: NodeSelectors): Readonly<Record<string, unknown>> {
  const { default: standard, allowed } = selectors;
  return {
    podNodeSelectorPluginConfig: { ...(standard && { clusterDefaultNodeSelector: standard }), ...allowed },
  };
}

/** What Kubernetes itself puts into pods and those of DaemonSets: without these on its list, the plugin would refuse every pod. */
const TOLERATIONS_OF_KUBERNETES: readonly Toleration[] = (
  [
    ['not-ready', 'NoExecute'],
    ['unreachable', 'NoExecute'],
    ['disk-pressure', 'NoSchedule'],
    ['memory-pressure', 'NoSchedule'],
    ['pid-pressure', 'NoSchedule'],
    ['unschedulable', 'NoSchedule'],
    ['network-unavailable', 'NoSchedule'],
  ] as const
).map(([name, effect]) => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists', effect }));

/** The lists as PodTolerationRestriction reads them. */
export function podTolerationRestriction(tolerations: PodTolerations): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'podtolerationrestriction.admission.k8s.io/v1alpha1',
    kind: 'Configuration',
    default: tolerations.default ?? [],
    whitelist: [...TOLERATIONS_OF_KUBERNETES, ...tolerations.allowed],
  };
}

/** The limits as EventRateLimit reads them. */
export function eventRateLimit(limits: EventLimits = {}): Readonly<Record<string, unknown>> {
  const all = {
    Server: limits.server ?? { perSecond: 200, burst: 500 },
    Namespace: limits.namespace ?? { perSecond: 50, burst: 100 },
    User: limits.user,
    SourceAndObject: limits.sourceAndObject,
  };
  return {
    apiVersion: 'eventratelimit.admission.k8s.io/v1alpha1',
    kind: 'Configuration',
    limits: Object.entries(all).flatMap(([type, limit]) =>
      limit === undefined
        ? []
        : [
            {
              type,
              qps: limit.perSecond,
              burst: limit.burst,
              // How many of them are remembered; one that is forgotten starts with a full burst.
              ...(type === 'Server' ? {} : { cacheSize: 4096 }),
            },
          ],
    ),
  };
}
