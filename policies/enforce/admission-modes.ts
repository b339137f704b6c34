import { NAMESPACE_NAME_LABEL } from '../../constructs/names';
import type { Control } from '../control';
import { judgesClusterScoped, resourceRules } from './admission-policy';
import { EXEMPT_NAMESPACES } from './exempt';

/** What the API server does with what breaks a control: refuse it, warn who asks, or note it in the audit log. */
export type AdmissionMode = 'deny' | 'warn' | 'audit';

/**
 * A gentler mode while a control is being introduced, and the reason for it. Synth and preview go on refusing.
 */
export interface AdmissionRollout {
  readonly mode: Exclude<AdmissionMode, 'deny'>;
  /**
   * Ids of the controls.
   *
   * @default - all
   */
  readonly controls?: readonly string[];
  /**
   * Names of the namespaces.
   *
   * @default - all, and objects that live in none
   */
  readonly namespaces?: readonly string[];
  /** Why it is not enforced yet. */
  readonly reason: string;
}

const ACTIONS: Readonly<Record<AdmissionMode, readonly string[]>> = {
  deny: ['Deny', 'Audit'],
  warn: ['Warn', 'Audit'],
  audit: ['Audit'],
};

/** One binding of a control's policy. */
export interface Binding {
  /** Part of the name; empty for the one that is for all namespaces. */
  readonly suffix: string;
  readonly spec: Record<string, unknown>;
}

/**
 * The bindings of a control: one for everything, and one for each mode that some namespaces have instead. The last rollout
 * that names a namespace counts.
 */
export function bindingsOf(
  control: Control,
  policyName: string,
  rollouts: readonly AdmissionRollout[],
): readonly Binding[] {
  const here = rollouts.filter(({ controls }) => controls === undefined || controls.includes(control.id));
  const everywhere = here.filter(({ namespaces }) => namespaces === undefined).pop()?.mode ?? 'deny';
  const modes = new Map<string, AdmissionMode>();
  for (const { mode, namespaces = [] } of here) for (const name of namespaces) modes.set(name, mode);
  const own = [...modes].filter(([, mode]) => mode !== everywhere);

  const except = [...EXEMPT_NAMESPACES, ...own.map(([name]) => name)];
  const rest: Binding = {
    suffix: '',
    spec: {
      policyName,
      validationActions: ACTIONS[everywhere],
      matchResources: { namespaceSelector: namespaces('NotIn', except) },
    },
  };
  // What is judged outside of namespaces only is no business of a rollout in some of them, but for the Namespaces themselves.
  const inNamespaces = control.kinds.filter(({ kind, namespaced }) => namespaced || kind === 'Namespace');
  const modesOfSome = inNamespaces.length === 0 ? [] : [...new Set(own.map(([, mode]) => mode))];
  const others = modesOfSome.map((mode) => ({
    suffix: `-${mode}`,
    spec: {
      policyName,
      validationActions: ACTIONS[mode],
      matchResources: {
        namespaceSelector: namespaces(
          'In',
          own.filter(([, other]) => other === mode).map(([name]) => name),
        ),
        // A selector of namespaces does not keep away what lives in none.
        ...(judgesClusterScoped(control) ? { resourceRules: resourceRules(inNamespaces) } : {}),
      },
    },
  }));
  return [rest, ...others];
}

function namespaces(operator: 'In' | 'NotIn', values: readonly string[]): Record<string, unknown> {
  return { matchExpressions: [{ key: NAMESPACE_NAME_LABEL, operator, values }] };
}
