import type { RecommendationId, Severity } from '../model';
import type { PodSpecExample } from './subjects';

/** One thing that must hold, as a CEL expression with its message. */
export interface Validation {
  /** CEL over `object` and the subject's `variables`; true where the object is right. An evaluation error is a violation. */
  readonly expression: string;
  /** What is wrong where the expression is not true. */
  readonly message: string;
}

/**
 * A policy, written once: the same expressions judge at synth and in the API server.
 *
 * A control is one file below `policies/controls/`, whose default export is made with `defineControl`.
 */
export interface Control {
  /** Lasting name, also of the admission policy; lower case words joined by dashes. */
  readonly id: string;
  /** What must hold, in one line. */
  readonly title: string;
  /** Why: what an attacker gains where it does not hold. */
  readonly rationale: string;
  readonly severity: Severity;
  /** What to change in an object that breaks it. */
  readonly remediation: string;
  /** The recommendations of the guidance that it enforces. */
  readonly recommendations: readonly RecommendationId[];
  /** Items of the CIS Kubernetes Benchmark (v1.12) that it covers. */
  readonly cis: readonly string[];
  readonly validations: readonly Validation[];
  /** Pods that pass and pods that do not: its tests, wrapped into every kind that holds a pod. */
  readonly examples: { readonly good: readonly PodSpecExample[]; readonly bad: readonly PodSpecExample[] };
}

/** Gives a control's file its type. */
export function defineControl(control: Control): Control {
  return control;
}
