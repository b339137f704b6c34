import type { Construct } from 'constructs';
import type { HardenedNamespace } from '../namespace/hardened-namespace';
import { BoundRole, type BoundRoleProps } from './bound-role';

/** Settings of a `ScopedRole`. */
export interface ScopedRoleProps extends BoundRoleProps {
  /** The one namespace in which it allows anything. */
  readonly namespace: Pick<HardenedNamespace, 'name'>;
}

/**
 * A role and its binding, in one namespace, without wildcards, verbs that escalate, or groups that hold everybody.
 *
 * Source: AUTH-3, AUTH-1; CIS 5.1.1, 5.1.3, 5.1.7, 5.1.8.
 */
export class ScopedRole extends BoundRole {
  /** @throws KeelsonError naming every rule and subject that is too wide */
  public constructor(scope: Construct, id: string, props: ScopedRoleProps) {
    super(scope, id, props, {
      namespace: (props.namespace as Partial<typeof props.namespace> | undefined)?.name ?? '',
    });
  }
}
