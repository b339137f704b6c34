import { Construct } from 'constructs';
import { k8s } from '../cdk8s-plus';
import type { HardenedNamespace } from '../namespace/hardened-namespace';
import { serves } from '../serves';
import { PropsCheck } from '../validation';

/** Something a role allows. Nothing in it may be a wildcard. */
export interface RoleRule {
  /**
   * API group; the core group is the empty string.
   *
   * @default - the core group
   */
  readonly apiGroup?: string;
  /** Resources, for example `configmaps` or `deployments/scale`. */
  readonly resources: readonly string[];
  /** Verbs, for example `get`. */
  readonly verbs: readonly string[];
  /**
   * Names of the objects it is limited to.
   *
   * @default - all objects of these resources in the namespace
   */
  readonly names?: readonly string[];
}

/** Who gets a role. */
export type RoleSubject =
  { readonly group: string } | { readonly serviceAccount: string; readonly namespace: string };

/** Settings of a `ScopedRole`. */
export interface ScopedRoleProps {
  /**
   * Name of the role and of its binding.
   *
   * @default - the construct's id
   */
  readonly name?: string;
  /** The one namespace in which it allows anything. */
  readonly namespace: HardenedNamespace;
  /** What it allows; at least one rule. */
  readonly rules: readonly RoleRule[];
  /** Who gets it; at least one. */
  readonly subjects: readonly RoleSubject[];
}

/** Verbs by which a holder gives itself more than the role says. */
const ESCALATING_VERBS = ['escalate', 'bind', 'impersonate'];

/** Groups that hold people who did not log in, or everybody who did. */
const OPEN_GROUPS = ['system:anonymous', 'system:unauthenticated', 'system:authenticated', 'system:masters'];

/**
 * A role and its binding, in one namespace, without wildcards, verbs that escalate, or groups that hold everybody.
 *
 * Source: AUTH-3, AUTH-1; CIS 5.1.1, 5.1.3, 5.1.7, 5.1.8.
 */
export class ScopedRole extends Construct {
  /** @throws KeelsonError naming every rule and subject that is too wide */
  public constructor(scope: Construct, id: string, props: ScopedRoleProps) {
    super(scope, id);
    checkProps(this, props);
    const metadata = { name: props.name ?? id, namespace: props.namespace.name };
    new k8s.KubeRole(this, 'Role', {
      metadata,
      rules: props.rules.map((rule) => ({
        apiGroups: [rule.apiGroup ?? ''],
        resources: [...rule.resources],
        verbs: [...rule.verbs],
        resourceNames: rule.names === undefined ? undefined : [...rule.names],
      })),
    });
    new k8s.KubeRoleBinding(this, 'Binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: props.subjects.map((subject) =>
        'group' in subject
          ? { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: subject.group }
          : { kind: 'ServiceAccount', name: subject.serviceAccount, namespace: subject.namespace },
      ),
    });
    serves(this, 'AUTH-3');
  }
}

function checkProps(role: ScopedRole, props: ScopedRoleProps): void {
  const check = new PropsCheck(role)
    .require(props.rules.length > 0, 'rules', 'No rule is given.', 'Give at least one rule.')
    .require(
      props.subjects.length > 0,
      'subjects',
      'No subject is given.',
      'Give at least one group or service account.',
    );
  props.rules.forEach((rule, index) => {
    const where = `rules[${index}]`;
    const words = {
      apiGroup: [rule.apiGroup ?? ''],
      resources: rule.resources,
      verbs: rule.verbs,
      names: rule.names ?? [],
    };
    for (const [property, values] of Object.entries(words)) {
      check.require(
        !values.some((value) => value.includes('*')),
        `${where}.${property}`,
        `"${values.join(', ')}" holds a wildcard.`,
        'Name what is needed.',
      );
    }
    for (const [property, values] of [
      ['resources', rule.resources],
      ['verbs', rule.verbs],
    ] as const) {
      check.require(values.length > 0, `${where}.${property}`, 'The list is empty.', 'Name what is needed.');
    }
    check.require(
      !rule.verbs.some((verb) => ESCALATING_VERBS.includes(verb)),
      `${where}.verbs`,
      `"${rule.verbs.join(', ')}" lets its holder take more rights.`,
      `Leave out ${ESCALATING_VERBS.join(', ')}.`,
    );
  });
  props.subjects.forEach((subject, index) => {
    check.require(
      !('group' in subject && OPEN_GROUPS.includes(subject.group)),
      `subjects[${index}]`,
      `The group "${'group' in subject ? subject.group : ''}" is not a group of known people with limited rights.`,
      'Name a group of your identity provider.',
    );
  });
  check.done();
}
