import { throwIfAny } from '../../model';
import { zod } from '../../model/zod';
import type { LeafSpec } from '../control-plane/certificates';
import { otherwise, shapeProblems } from '../shape';

/**
 * The group of break-glass certificates. A ClusterRoleBinding makes it `cluster-admin`, and the audit policy logs all it does with
 * request and response, but for what carries secrets. Source: AUTH-2, AUD-1.
 */
export const BREAK_GLASS_GROUP = 'keelson:break-glass';

/** How long a break-glass certificate lasts at most, in hours. */
export const BREAK_GLASS_MAX_HOURS = 24;

/** Who breaks the glass, and for how long. */
export interface BreakGlassProps {
  /** Who it is for, by the name the audit log is to show: at most 40 of letters, digits and `.@_-`. */
  readonly person: string;
  /**
   * How long it lasts, in hours: more than 0 and at most 24.
   * @default 1
   */
  readonly hours?: number;
}

/**
 * A client certificate for the hour in which nothing else lets an administrator in: for one named person, and for hours, since the
 * API server knows no revocation. `pki/` issues it.
 * @throws KeelsonError `construct/invalid` with everything that is wrong with the properties
 */
export function breakGlassIdentity(props: BreakGlassProps): LeafSpec {
  const z = zod();
  const shape = z.strictObject({
    person: z
      .string()
      .refine(
        (text) => /^[A-Za-z0-9][A-Za-z0-9.@_-]{0,39}$/.test(text),
        otherwise('It is no name of a person.', 'Use at most 40 letters, digits and . @ _ -'),
      ),
    hours: z
      .number()
      .refine(
        (hours) => hours > 0 && hours <= BREAK_GLASS_MAX_HOURS,
        otherwise('It is not that long.', `Give more than 0 hours and at most ${BREAK_GLASS_MAX_HOURS}.`),
      )
      .optional(),
  });
  throwIfAny(shapeProblems(shape, props, 'break-glass certificate'));
  const { person, hours = 1 } = props;
  return {
    name: 'break-glass',
    authority: 'ca',
    commonName: `${BREAK_GLASS_GROUP}:${person}`,
    organizations: [BREAK_GLASS_GROUP],
    uses: ['client'],
    dnsNames: [],
    ipAddresses: [],
    lifetimeDays: hours / 24,
  };
}
