import type { RecommendationId } from './recommendations';

/** How much harm a finding can do. */
export type Severity = 'low' | 'medium' | 'high' | 'critical';

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
  /** Where the object was declared: a construct path, or a file. */
  readonly source: string;
  /** What is wrong. */
  readonly message: string;
  /** How to put it right. */
  readonly remediation: string;
}

/** `namespace/name` or `name`, after the kind: the form used in messages. */
export function formatResource(resource: ResourceRef): string {
  const name = resource.namespace === '' ? resource.name : `${resource.namespace}/${resource.name}`;
  return `${resource.kind} ${name}`;
}
