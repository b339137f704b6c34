import { Construct, type IConstruct } from 'constructs';
import type { k8s } from '../cdk8s-plus';
import { NAMESPACE_NAME_LABEL } from '../names';
import { isDnsLabel, shown } from '../validation';
import { peerCheck } from './peer-check';

/** Settings of `ForeignPods`. */
export interface ForeignPodsProps {
  /** Name of the namespace they live in. */
  readonly namespace: string;
  /** Labels that they all have, and nobody else there; at least one. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Pods that somebody else deploys: an ingress controller or Prometheus, for example. A connection with them is written at our side
 * only: whoever deploys them has to let it through at theirs, where their namespace denies by default.
 *
 * Source: NET-5.
 */
export class ForeignPods extends Construct {
  /** Name of the namespace they live in. */
  public readonly namespace: string;
  /** Labels that they all have. */
  public readonly labels: Readonly<Record<string, string>>;

  /** @throws KeelsonError if the namespace is none, a label cannot be, or there is no label: that would be everybody */
  public constructor(scope: Construct, id: string, props: ForeignPodsProps) {
    super(scope, id);
    const labels = Object.entries(props.labels ?? {});
    const check = peerCheck(this)
      .require(
        typeof props.namespace === 'string' && isDnsLabel(props.namespace),
        'namespace',
        `${shown(props.namespace)} is not the name of a namespace.`,
        'Name the one namespace they live in.',
      )
      .require(
        labels.length > 0,
        'labels',
        'No label is given, which would mean every pod of the namespace.',
        'Give the labels that these pods have and others do not.',
      );
    for (const [key, value] of labels)
      check.require(
        isLabelKey(key) && isLabelValue(value),
        'labels',
        `${shown(key)}: ${shown(value)} is no label.`,
        'Write it as `kubectl get pods --show-labels` shows it.',
      );
    check.done();
    this.namespace = props.namespace;
    this.labels = Object.freeze(Object.fromEntries(labels));
  }

  /** The pods as a network policy selects them. */
  public policyPeers(): readonly k8s.NetworkPolicyPeer[] {
    return [
      {
        namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: this.namespace } },
        podSelector: { matchLabels: { ...this.labels } },
      },
    ];
  }
}

/** Pods that an app knows of and does not deploy. */
export interface ForeignPeer extends ForeignPodsProps {
  /** Construct path of the `ForeignPods`. */
  readonly path: string;
}

/** All `ForeignPods` below a construct: what policies may select though it is not in the app. */
export function foreignPeers(root: IConstruct): readonly ForeignPeer[] {
  return root.node
    .findAll()
    .filter((construct) => construct instanceof ForeignPods)
    .map(({ namespace, labels, node }) => ({ namespace, labels, path: node.path }));
}

const isNamePart = (text: string): boolean => /^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/.test(text);

function isLabelKey(key: string): boolean {
  const [name, prefix, ...more] = key.split('/').reverse();
  const isPrefix = (text: string): boolean => text.length <= 253 && text.split('.').every(isDnsLabel);
  return more.length === 0 && isNamePart(name!) && (prefix === undefined || isPrefix(prefix));
}

function isLabelValue(value: unknown): boolean {
  return typeof value === 'string' && (value === '' || isNamePart(value));
}
