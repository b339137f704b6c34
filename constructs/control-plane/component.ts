import { Cidr, Ip, type Problem, type RecommendationId } from '../../model';
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

/** A port that a component listens on. It speaks TLS, or it is declared plain and stays on loopback. Source: NET-4. */
export interface Listener {
  /** What answers there, for example `peers`. */
  readonly purpose: string;
  /** Address it is bound to. */
  readonly host: string;
  readonly port: number;
  /**
   * What it speaks.
   * @default 'tls'
   */
  readonly protocol?: 'tls' | 'plain';
  /**
   * Why a plain port is not on loopback: what answers there is public, and nothing else can be had.
   * @default - a plain port is on loopback
   */
  readonly exposed?: string;
}

/** Everything that is wrong with listeners: plain ones beyond loopback without a reason, two on one port. */
export function listenerProblems(listeners: readonly Listener[]): readonly Problem[] {
  const seen = new Map<number, Listener>();
  return listeners.flatMap((listener) => {
    const { host, port, protocol, exposed, purpose } = listener;
    const other = seen.get(port);
    seen.set(port, listener);
    const where = `listener ${purpose}, ${host}:${port}`;
    const problem = (message: string, fix: string): Problem => ({
      code: 'construct/invalid',
      where,
      message,
      fix,
    });
    return [
      ...(protocol === 'plain' && exposed === undefined && !isLoopback(host)
        ? [problem('It is plain, and not on loopback.', 'Bind it to 127.0.0.1 or ::1, or let it speak TLS.')]
        : []),
      ...(other === undefined
        ? []
        : [problem(`Port ${port} is also that of ${other.purpose}.`, 'Give each listener its own port.')]),
    ];
  });
}

function isLoopback(host: string): boolean {
  const ip = Ip.parse(host);
  return ip !== undefined && LOOPBACK.some((range) => range.containsIp(ip));
}

const LOOPBACK = [Cidr.parse('127.0.0.0/8')!, Cidr.parse('::1/128')!];

/** A configuration file of a component, as data. */
export interface ConfigurationFile {
  /** Absolute path, as the component's flags name it. */
  readonly path: string;
  /**
   * Whether the component takes a new content by itself while it runs.
   * @default false
   */
  readonly reloaded?: boolean;
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
export interface Component<Name extends string = ComponentName> {
  readonly name: Name;
  /** Flags in a fixed order. They cannot be changed: what may vary is a property of the component. */
  readonly settings: readonly Setting[];
  /** The files that it reads, whose content is known here. */
  readonly files: readonly ConfigurationFile[];
  /** Where it listens, and for what. */
  readonly listeners: readonly Listener[];
  /** Variables of its environment: what no flag can say. */
  readonly environment: Readonly<Record<string, string>>;
}
