import type { RecommendationId } from './recommendations';

/** How much harm a finding can do, least first. */
export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;

/** How much harm a finding can do. */
export type Severity = (typeof SEVERITIES)[number];

/** The Kubernetes object that a finding is about. */
export interface ResourceRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for an object without a namespace. */
  readonly namespace: string;
  readonly name: string;
}

/** A control that an object breaks. A finding never repeats a value that may be secret. */
export interface Finding {
  /** Id of the control, for example `privileged`. */
  readonly control: string;
  readonly recommendations: readonly RecommendationId[];
  readonly severity: Severity;
  readonly resource: ResourceRef;
  /** The container it is about; absent where it is about the object as a whole. */
  readonly container?: string;
  /** Where the object was declared: a construct path, or a file. */
  readonly source: string;
  /** The line of `source` on which the object's `path` stands, or the object where the path is absent; from 1. */
  readonly line?: number;
  /** The field, from the object's root, for example `spec.containers[0].securityContext.privileged`. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  /** How to put it right. */
  readonly remediation: string;
  /** Name of the waiver that allows it; such a finding stops nothing. */
  readonly waiver?: string;
  /** The field's value is not known yet (a Pulumi Output at preview), so that nothing can be said of it. */
  readonly undetermined?: true;
}

/** `namespace/name` or `name`, after the kind: the form used in messages. */
export function formatResource(resource: ResourceRef): string {
  const name = resource.namespace === '' ? resource.name : `${resource.namespace}/${resource.name}`;
  return `${resource.kind} ${name}`;
}
