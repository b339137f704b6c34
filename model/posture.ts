import { deepFreeze } from './frozen';
import type { Waived } from './waived';
import { TARGET_KUBERNETES, type KubernetesMinor } from './versions';

/** The levels of the Pod Security Standards, strictest first. */
export const POD_SECURITY_LEVELS = ['restricted', 'baseline', 'privileged'] as const;

/** A level of the Pod Security Standards. */
export type PodSecurityLevel = (typeof POD_SECURITY_LEVELS)[number];

/** User or group ids, both ends included. */
export interface IdRange {
  readonly lowest: number;
  readonly highest: number;
}

/** What a container is given where its workload says nothing: quantities as Kubernetes writes them. */
export interface DefaultResources {
  /** CPU that is reserved, for example `100m`. */
  readonly cpu: string;
  /** CPU at which it is slowed down. */
  readonly cpuLimit: string;
  /** Memory that is reserved, which is also the limit, for example `128Mi`. */
  readonly memory: string;
  /** Disk of the node that is reserved for logs and emptyDirs. */
  readonly ephemeralStorage: string;
  /** Disk of the node at which the pod is evicted. */
  readonly ephemeralStorageLimit: string;
}

/** SELinux labels of containers, as in a pod's security context. */
export interface SeLinuxOptions {
  /**
   * For example `s0:c123,c456`: categories that no other workload has.
   *
   * @default - left to the node
   */
  readonly level?: string;
  /**
   * Role of the processes.
   *
   * @default - left to the node
   */
  readonly role?: string;
  /**
   * Type of the processes; Pod Security takes `container_t`, `container_init_t`, `container_kvm_t` and `container_engine_t`.
   *
   * @default - left to the node
   */
  readonly type?: string;
  /**
   * User of the processes.
   *
   * @default - left to the node
   */
  readonly user?: string;
}

/** How strict everything below a scope is. Each setting starts at its strictest sensible value. */
export interface PostureSettings {
  /** The Pod Security level that namespaces enforce. Source: POD-4 to POD-7; CIS 5.2.1. */
  readonly profile: PodSecurityLevel;
  /** The release that manifests are written for and validated against. */
  readonly kubernetes: KubernetesMinor;
  /**
   * The registries that images may come from, for example `registry.example` or `registry.example/team`; empty for any that
   * is named. Source: POD-3; CIS 5.5.1.
   */
  readonly registries: readonly string[];
  /** The user ids that containers may have. Source: POD-1. */
  readonly users: IdRange;
  /** The user and group id of containers whose workload and image name none. */
  readonly user: number;
  /** What containers are given where their workload says nothing. */
  readonly resources: DefaultResources;
  /**
   * The AppArmor profile of each pod: `node` leaves it to the node, which uses the runtime's own where it has AppArmor;
   * `RuntimeDefault` demands that, so that a node without AppArmor refuses the pod. Source: POD-7; CIS 5.6.3.
   */
  readonly appArmor: 'node' | 'RuntimeDefault';
  /** The SELinux labels of each pod; empty leaves them to the node. Source: POD-7. */
  readonly seLinux: SeLinuxOptions;
  /** Whether pods have users of their own (`hostUsers: false`). It needs idmapped mounts on the node. Source: POD-6. */
  readonly userNamespaces: boolean;
  /** The longest that a waiver may last from today on, in days. */
  readonly longestWaiver: number;
}

/** Changes to a posture: each setting that is named has to be at least as strict as what is inherited, or carry a waiver. */
export type PostureChanges = Partial<
  Omit<PostureSettings, 'profile'> & { readonly profile: 'restricted' | Waived<'baseline' | 'privileged'> }
>;

/** The posture where nobody said anything. */
export const DEFAULT_POSTURE: PostureSettings = deepFreeze({
  profile: 'restricted',
  kubernetes: TARGET_KUBERNETES,
  registries: [],
  users: { lowest: 10_000, highest: 2_147_483_647 },
  user: 10_001,
  resources: {
    cpu: '100m',
    cpuLimit: '400m',
    memory: '128Mi',
    ephemeralStorage: '64Mi',
    ephemeralStorageLimit: '1Gi',
  },
  appArmor: 'node',
  seLinux: {},
  userNamespaces: false,
  longestWaiver: 365,
});
