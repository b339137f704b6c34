import type { z, ZodType } from 'zod';
import type { RecommendationId, Severity } from '../model';
import type { Elements } from './elements';
import type { Kind } from './kinds';
import type { Example } from './subjects';
import { zod } from '../model/zod';

/** The areas that controls belong to; each is a folder below `policies/controls/`. */
export type Area = 'workload' | 'rbac' | 'network' | 'secrets' | 'image';

/** One thing that must hold. */
export interface Validation {
  /**
   * What is judged one by one; the expression then sees each as a variable of the name `forEach.as`.
   *
   * @default - the object (or its pod) as a whole
   */
  readonly forEach?: Elements;
  /**
   * CEL over `object`, `variables` (see `Control.kinds` and `Control.parameters`) and the element; true where it is right.
   * An evaluation error is a violation.
   */
  readonly expression: string;
  /** The field that is wrong: below the element, or below the pod's `spec`, or below the object where it holds no pod. */
  readonly path: string;
  /** What is wrong where the expression is not true: a sentence. */
  readonly message: string;
  /**
   * Whether a finding shows the value at `path`. Never for a field that may hold something secret.
   *
   * @default false
   */
  readonly showsValue?: boolean;
}

/** What a control demanded from some version of Kubernetes on. */
export interface Edition {
  /** The first version, for example `1.19`. */
  readonly since: string;
  readonly validations: readonly Validation[];
}

/** The other catalogues that a control answers to. */
export interface Mappings {
  /** The recommendations of the guidance that it enforces. */
  readonly recommendations: readonly RecommendationId[];
  /** Items of the CIS Kubernetes Benchmark (v1.12), for example `5.2.2`. */
  readonly cis: readonly string[];
  /** The check of the Pod Security Standards that it is. */
  readonly pss?: { readonly level: 'baseline' | 'restricted'; readonly check: string };
  /** Techniques of MITRE ATT&CK for Containers that it hinders, for example `T1611`. */
  readonly attack: readonly string[];
}

/** A setting of a control, with the value it has. Expressions see it as `variables.NAME`. */
export interface Parameter<T = unknown> {
  readonly description: string;
  /** What values fit, made when it is asked for: zod loads slowly, and most programs take the values as they are. */
  readonly schema: () => ZodType<T>;
  /** The value, JSON; `withParameters` changes it. */
  readonly value: T;
}

/**
 * A policy, written once: the same expressions judge at synth, at preview and in the API server.
 *
 * A control is one file below `policies/controls/<area>/`, named by its id, whose default export is made with
 * `defineControl`.
 */
export interface Control {
  /** Lasting name, also of the admission policy; lower case words joined by dashes. */
  readonly id: string;
  readonly area: Area;
  /** What must hold, in one line. */
  readonly title: string;
  /** Why: what an attacker gains where it does not hold. */
  readonly rationale: string;
  readonly severity: Severity;
  /** What to change in an object that breaks it. */
  readonly remediation: string;
  readonly mappings: Mappings;
  /**
   * The kinds it judges. Where all of them hold a pod, expressions may use `variables.podSpec` and `variables.podMetadata`.
   */
  readonly kinds: readonly Kind[];
  /**
   * Kinds whose objects in the same namespace the expressions see as `variables.companions`. No single request shows them to
   * the API server, so such a control judges at synth and at preview only.
   *
   * @default - none: the object alone decides
   */
  readonly companions?: readonly Kind[];
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly validations: readonly Validation[];
  /**
   * The version of Kubernetes from which `validations` hold, for controls that follow a versioned standard.
   *
   * @default - any version
   */
  readonly since?: string;
  /** What was demanded before, newest first. Before the oldest of them the control demands nothing. */
  readonly earlier?: readonly Edition[];
  /**
   * Puts right what breaks the control: takes the pod's `spec` (or the object, where it holds no pod) and returns it
   * corrected; pure. A second pass changes nothing.
   */
  readonly remediate?: (target: Example) => Example;
  /**
   * What may stop working where `remediate` is applied to an object whose needs nobody knows: a sentence. Each control with a
   * remedy has it.
   */
  readonly risk?: string;
  /**
   * `ask` where a person decides even if the remedy only fills in what was left out: what is left out works as it is, and
   * nothing in the object tells whether it has to.
   *
   * @default - `harden` fills in what was left out, and asks before it contradicts what somebody wrote
   */
  readonly absence?: 'ask';
  /**
   * What passes and what does not: its tests. For controls over pods the pod's `spec` (or its `metadata` and `spec`), which
   * is wrapped into every kind; otherwise whole objects.
   */
  readonly examples: { readonly good: readonly Example[]; readonly bad: readonly Example[] };
}

/** Gives a control's file its type. */
export function defineControl(control: Control): Control {
  return control;
}

/** Gives a parameter its type. */
export function parameter<T>(
  description: string,
  schema: (from: typeof z) => ZodType<T>,
  value: T,
): Parameter {
  return { description, schema: () => schema(zod()), value } as Parameter;
}
