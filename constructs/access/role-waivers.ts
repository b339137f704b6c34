import type { IConstruct } from 'constructs';
import type { Waiver, WaiverGrant } from '../../model';
import { addWaiver } from '../posture/scoped-waivers';

/** A waiver for a role. */
export interface RoleWaiver extends WaiverGrant {
  /** Id of the control that is relaxed, for example `secret-reading`. */
  readonly control: string;
}

/** Declares the waivers of a role, for its object alone. */
export function declareRoleWaivers(
  scope: IConstruct,
  object: Pick<Waiver, 'kind' | 'namespace' | 'name'>,
  waivers: readonly RoleWaiver[],
): void {
  for (const { control, owner, reason, expires } of waivers)
    addWaiver(scope, { control, ...object, owner, reason, expires });
}
