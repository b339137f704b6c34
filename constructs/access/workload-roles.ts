import type { Construct } from 'constructs';
import { KeelsonError } from '../../model';
import { ClusterWideRole } from './cluster-wide-role';
import type { AccessRule } from './rule';
import { ScopedRole } from './scoped-role';

/** A workload by its names, which are those of its service account. */
export interface WorkloadName {
  readonly name: string;
  readonly namespace: string;
}

/**
 * The roles of one workload's account: one in each namespace in which it may do something, and one for what is in no namespace.
 * They are made with the first rule for them. Source: AUTH-3.
 */
export class WorkloadRoles {
  private readonly roles = new Map<string, ScopedRole | ClusterWideRole>();

  public constructor(
    private readonly scope: Construct,
    private readonly workload: WorkloadName,
  ) {}

  /** Whether the account may do nothing. */
  public get isEmpty(): boolean {
    return this.roles.size === 0;
  }

  /**
   * Allows something in a namespace, or in the cluster where the resource is in none.
   *
   * @throws KeelsonError that names the workload, where the rule is too wide; then everything is as before
   */
  public add(rule: AccessRule, namespace: string): void {
    const isClusterWide = rule.resource?.namespaced === false;
    const id = isClusterWide ? 'ClusterPermissions' : `PermissionsIn-${namespace}`;
    const role = this.roles.get(id);
    try {
      if (role !== undefined) role.add(rule);
      else this.roles.set(id, isClusterWide ? this.clusterWide(id, rule) : this.scoped(id, rule, namespace));
    } catch (error) {
      if (role === undefined) this.scope.node.tryRemoveChild(id);
      throw this.atCall(error, id);
    }
  }

  /** What is wrong with a rule, told of the workload: nobody wrote the role. */
  private atCall(error: unknown, id: string): unknown {
    if (!(error instanceof KeelsonError)) return error;
    const { path } = this.scope.node;
    // In a path a slash is written otherwise.
    const role = `${path}/${id.replaceAll('/', '--')}`;
    const problems = error.problems.map((problem) => ({
      ...problem,
      where: problem.where.startsWith(role)
        ? `${path}.mayCall${problem.where.slice(role.length).replace('.rules[0]', '')}`
        : problem.where,
    }));
    return new KeelsonError(problems, { cause: error });
  }

  private scoped(id: string, rule: AccessRule, namespace: string): ScopedRole {
    return new ScopedRole(this.scope, id, {
      name: namespace === this.workload.namespace ? this.workload.name : this.fullName,
      namespace: { name: namespace },
      rules: [rule],
      subjects: this.subjects,
    });
  }

  private clusterWide(id: string, rule: AccessRule): ClusterWideRole {
    return new ClusterWideRole(this.scope, id, {
      name: this.fullName,
      rules: [rule],
      subjects: this.subjects,
    });
  }

  /** Unlike a name alone, this is the workload's own in every namespace: a colon is in no other name. */
  private get fullName(): string {
    return `${this.workload.namespace}:${this.workload.name}`;
  }

  private get subjects() {
    return [{ serviceAccount: this.workload.name, namespace: this.workload.namespace }];
  }
}
