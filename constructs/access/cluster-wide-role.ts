import type { Construct } from 'constructs';
import { BoundRole, type BoundRoleProps } from './bound-role';

/**
 * A role and its binding for the whole cluster: for what is in no namespace, and for who has to see all of them. What can be
 * granted in a namespace belongs into a `ScopedRole`; the controls judge what a role may allow everywhere.
 *
 * Source: AUTH-3, AUTH-1; CIS 5.1.1, 5.1.2, 5.1.3, 5.1.4, 5.1.7, 5.1.8.
 */
export class ClusterWideRole extends BoundRole {
  /** @throws KeelsonError naming every rule and subject that is too wide */
  public constructor(scope: Construct, id: string, props: BoundRoleProps) {
    super(scope, id, props, 'cluster');
  }
}
