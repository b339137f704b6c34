import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { k8s } from '../cdk8s-plus';
import { isMadeByKubernetes } from '../namespace/system-namespaces';
import { Posture } from '../posture/posture';
import { serves } from '../serves';
import { isDnsLabel, PropsCheck, shown } from '../validation';
import { policyRules } from './policy-rules';
import { declareRoleWaivers, type RoleWaiver } from './role-waivers';
import { AccessRule } from './rule';
import { checkRules, type RuleScope } from './rule-check';
import { checkSubjects, subjectOf, type RoleSubject } from './subject';

/** Settings that every role has. */
export interface BoundRoleProps {
  /**
   * Name of the role and of its binding.
   *
   * @default - the construct's id
   */
  readonly name?: string;
  /** What it allows, made by `allow`; at least one rule. */
  readonly rules: readonly AccessRule[];
  /** Who gets it; at least one. */
  readonly subjects: readonly RoleSubject[];
  /**
   * What is relaxed for this role.
   *
   * @default - nothing
   */
  readonly waivers?: readonly RoleWaiver[];
}

/** Where a role holds. */
export type RolePlace = 'cluster' | { readonly namespace: string };

/**
 * Names of roles that the API server makes itself. It gives such a role back what it had, whatever a manifest says of it, and who is bound to
 * it would have all of that.
 */
const BUILT_IN = /^(system:.*|cluster-admin|admin|edit|view)$/;

/** A role and its binding, without wildcards, verbs that escalate, or groups that hold everybody. */
export abstract class BoundRole extends Construct {
  private readonly rules: AccessRule[] = [];
  private readonly ruleScope: RuleScope;

  /**
   * @param place the namespace in which it allows anything, or the whole cluster; never by leaving something out
   * @throws KeelsonError naming every rule and subject that is too wide
   */
  protected constructor(scope: Construct, id: string, props: BoundRoleProps, place: RolePlace) {
    super(scope, id);
    const { name = id, subjects, waivers = [] } = props;
    const namespace = place === 'cluster' ? undefined : place.namespace;
    this.ruleScope = {
      namespaced: place !== 'cluster',
      kubernetes: Posture.of(this).kubernetes,
      waived: waivers.map(({ control }) => control),
    };
    const check = new PropsCheck(this);
    check.require(
      place === 'cluster' || (typeof namespace === 'string' && isDnsLabel(namespace)),
      'namespace',
      `${shown(namespace)} is no name of a namespace.`,
      'Give a HardenedNamespace, or another { name }.',
    );
    const isAmongBuiltIn = namespace === undefined || isMadeByKubernetes(namespace);
    check.require(
      !(isAmongBuiltIn && BUILT_IN.test(name)),
      'name',
      `${shown(name)} is the name of a role of Kubernetes, or as those are named.`,
      'Take another name; a workload that asks for what is in no namespace has that of its own in it.',
    );
    check.require(props.rules.length > 0, 'rules', 'No rule is given.', 'Give at least one rule.');
    checkRules(check, props.rules, this.ruleScope);
    checkSubjects(check, subjects);
    check.done();

    this.rules.push(...props.rules.map(copyOf));
    const metadata = namespace === undefined ? { name } : { name, namespace };
    const kind = namespace === undefined ? 'ClusterRole' : 'Role';
    const [Role, Binding] =
      namespace === undefined
        ? [k8s.KubeClusterRole, k8s.KubeClusterRoleBinding]
        : [k8s.KubeRole, k8s.KubeRoleBinding];
    declareRoleWaivers(this, { kind, name, namespace: namespace ?? '' }, waivers);
    new Role(this, 'Role', {
      metadata,
      rules: Lazy.any({ produce: () => policyRules(this.rules) }) as k8s.PolicyRule[],
    });
    new Binding(this, 'Binding', {
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects: subjects.map(subjectOf),
    });
    serves(this, 'AUTH-3');
  }

  /**
   * Allows something more.
   *
   * @throws KeelsonError where the rule is too wide
   */
  public add(rule: AccessRule): void {
    const check = new PropsCheck(this);
    checkRules(check, [rule], this.ruleScope);
    check.done();
    this.rules.push(copyOf(rule));
  }
}

/** What was checked stays so, whoever has the lists that it was made of. */
function copyOf({ resource, paths, verbs, names }: AccessRule): AccessRule {
  return new AccessRule(resource && { ...resource }, paths && [...paths], [...verbs], names && [...names]);
}
