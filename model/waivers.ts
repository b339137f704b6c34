import { formatResource, type ResourceRef } from './findings';
import type { Problem } from './errors';
import { DEFAULT_POSTURE } from './posture';

/**
 * A relaxation of one control for one object, or one container of it, that somebody answers for until a day. It means the
 * same at synth, at preview and in the API server.
 */
export interface Waiver {
  /** Id of the control that is relaxed. */
  readonly control: string;
  /** Kind of the object that a person declares, for example `Deployment`; its pods are covered with it. */
  readonly kind: string;
  /** Empty for an object without a namespace. */
  readonly namespace: string;
  readonly name: string;
  /**
   * The one container it is for.
   *
   * @default - all that the control judges in the object
   */
  readonly container?: string;
  /** Who answers for it: a person or a team that can be asked. */
  readonly owner: string;
  /** Why the control cannot be met, in at least ten characters. */
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
}

/** The shortest reason that is taken for one, in characters. */
const SHORTEST_REASON = 10;

/** What a waiver has to say, each in a text. */
const FIELDS = ['control', 'kind', 'namespace', 'name', 'owner', 'reason', 'expires'] as const;

const DAY_MS = 24 * 3600 * 1000;

/** The first moment of a day that is given as `YYYY-MM-DD`, in UTC. NaN where it is none. */
export function startOfDay(day: string): Date {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? new Date(`${day}T00:00:00Z`) : new Date(NaN);
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(day) ? start : new Date(NaN);
}

/** When a waiver ends: the first moment of the day after the last, in UTC. NaN where its date is none. */
export function waiverEnd({ expires }: Pick<Waiver, 'expires'>): Date {
  return new Date(startOfDay(expires).getTime() + DAY_MS);
}

/** Whether a waiver holds at a moment. */
export function waiverHolds(waiver: Waiver, now: Date): boolean {
  return now.getTime() < waiverEnd(waiver).getTime();
}

function daysLeft(waiver: Waiver, now: Date): number {
  return Math.ceil((waiverEnd(waiver).getTime() - now.getTime()) / DAY_MS) - 1;
}

/** Whether a waiver is for this control, object and container. */
export function waiverCovers(
  waiver: Waiver,
  control: string,
  resource: Pick<ResourceRef, 'kind' | 'namespace' | 'name'>,
  container?: string,
): boolean {
  return (
    waiver.control === control &&
    waiver.kind === resource.kind &&
    waiver.namespace === resource.namespace &&
    waiver.name === resource.name &&
    (waiver.container === undefined || waiver.container === container)
  );
}

/** A waiver in a line, as findings and errors name it. */
export function formatWaiver(waiver: Waiver): string {
  const container = waiver.container === undefined ? '' : ` container ${waiver.container}`;
  return `${waiver.control} for ${formatResource({ apiVersion: '', ...waiver })}${container}`;
}

/** What has to be known of a control to tell whether a waiver of it makes sense. */
export interface WaivableControl {
  readonly id: string;
  /** Whether it judges containers one by one. */
  readonly judgesContainers: boolean;
}

/**
 * What is wrong with waivers themselves: nobody owns one, it has no reason, no real date, is over, or lasts too long.
 *
 * @param now the moment by which waivers expire; without it, whether one is over or lasts too long is not asked
 * @param longestDays how long a waiver may last from now on, in days
 */
export function waiverProblems(
  waivers: readonly Waiver[],
  controls: readonly WaivableControl[],
  now?: Date,
  longestDays: (waiver: Waiver) => number = () => DEFAULT_POSTURE.longestWaiver,
): readonly Problem[] {
  return waivers.flatMap((waiver, index) => {
    const where = `waivers[${index}] (${formatWaiver(waiver)})`;
    const problem = (message: string, fix: string): Problem => ({
      code: 'waiver/invalid',
      where,
      message,
      fix,
    });
    const untyped = FIELDS.filter((field) => typeof waiver[field] !== 'string');
    if (untyped.length > 0 || !['undefined', 'string'].includes(typeof waiver.container))
      return [problem(`${untyped.join(', ') || 'container'}: no text.`, 'Give a text for each.')];
    const found: Problem[] = [];
    const control = controls.find(({ id }) => id === waiver.control);
    if (control === undefined) {
      found.push(problem('There is no such control.', 'Correct `control`; `keelson controls` lists them.'));
    } else if (waiver.container !== undefined && !control.judgesContainers) {
      found.push(problem('The control does not judge single containers.', 'Leave out `container`.'));
    }
    if (waiver.owner.trim() === '') {
      found.push(problem('Nobody owns it.', 'Name in `owner` who answers for it.'));
    }
    if (waiver.reason.trim().length < SHORTEST_REASON) {
      const reason = waiver.reason.trim();
      found.push(
        problem(
          reason === '' ? 'It gives no reason.' : `"${reason}" is too short for a reason.`,
          `Say in \`reason\`, in ${SHORTEST_REASON} characters or more, why the control cannot be met.`,
        ),
      );
    }
    if (Number.isNaN(waiverEnd(waiver).getTime())) {
      found.push(problem(`"${waiver.expires}" is no day.`, 'Give `expires` as YYYY-MM-DD.'));
    } else if (now !== undefined && !waiverHolds(waiver, now)) {
      found.push(
        problem(
          `It ended with ${waiver.expires}.`,
          'Meet the control and remove the waiver, or have it renewed.',
        ),
      );
    } else if (now !== undefined && daysLeft(waiver, now) > longestDays(waiver)) {
      found.push(
        problem(
          `It lasts ${daysLeft(waiver, now)} days from now, and at most ${longestDays(waiver)} are allowed.`,
          'Give an earlier day in `expires`, and have it renewed then.',
        ),
      );
    }
    const first = waivers.findIndex((other) => formatWaiver(other) === formatWaiver(waiver));
    if (first !== index) found.push(problem(`It repeats waivers[${first}].`, 'Keep one of them.'));
    return found;
  });
}
