import type { RecommendationId } from '../../model';
import type { Setting } from './setting';

/** The processes of a control plane, in the order in which they start. */
export const COMPONENT_NAMES = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
] as const;

/** Name of a control plane component; also the name of its executable. */
export type ComponentName = (typeof COMPONENT_NAMES)[number];

/** A port that a component listens on. Every listener speaks TLS; there is no plain one. */
export interface Listener {
  /** What answers there, for example `peers`. */
  readonly purpose: string;
  /** Address it is bound to. */
  readonly host: string;
  readonly port: number;
}

/** A configuration file of a component, as data. */
export interface ConfigurationFile {
  /** Absolute path, as the component's flags name it. */
  readonly path: string;
  /** The document; a secret in it is a {@link SecretReference}. */
  readonly content: Readonly<Record<string, unknown>>;
  /**
   * The recommendation of the guidance that the file serves.
   * @default - none
   */
  readonly recommendation?: RecommendationId;
  /**
   * Items of the CIS Kubernetes Benchmark that the file answers.
   * @default - none
   */
  readonly cis?: readonly string[];
}

/**
 * A control plane component: what it is started with, what it reads and where it listens.
 *
 * Components are plain typed values rather than cdk8s constructs: they configure the API server before there is one,
 * so in a chart they would be taken for manifests to apply. What renders them (local processes, kubeadm, file trees
 * of a node) passes its own layout and writes the result where it belongs.
 */
export interface Component {
  readonly name: ComponentName;
  /** Flags in a fixed order. They cannot be changed: what may vary is a property of the component. */
  readonly settings: readonly Setting[];
  /** The files that it reads, whose content is known here. */
  readonly files: readonly ConfigurationFile[];
  /** Where it listens, and for what. */
  readonly listeners: readonly Listener[];
}
