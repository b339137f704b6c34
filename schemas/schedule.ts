import { parse } from 'yaml';
import { z } from 'zod';

/** A minor release, as `schemas/releases.json` holds it. */
export interface ReleaseRow {
  readonly minor: string;
  /** `YYYY-MM-DD`. */
  readonly released: string;
  readonly endOfLife: string;
}

const DAY = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

const SCHEDULE = z.object({
  schedules: z.array(
    z.object({
      release: z.coerce.string().regex(/^1\.\d+$/),
      releaseDate: DAY,
      endOfLifeDate: DAY,
    }),
  ),
});

/**
 * The releases of the schedule that the Kubernetes project publishes (`data/releases/schedule.yaml` of its website), oldest first,
 * together with those that are known already: the schedule drops a release some time after its end.
 *
 * @throws where the text is no such schedule
 */
export function readSchedule(text: string, known: readonly ReleaseRow[]): readonly ReleaseRow[] {
  // As text: 1.30 is a number to YAML, and would become 1.3.
  const { schedules } = SCHEDULE.parse(parse(text, { schema: 'failsafe' }));
  const rows = new Map(known.map((row) => [row.minor, row]));
  for (const { release, releaseDate, endOfLifeDate } of schedules)
    rows.set(release, { minor: release, released: releaseDate, endOfLife: endOfLifeDate });
  const number = ({ minor }: ReleaseRow): number => Number(minor.split('.')[1]);
  return [...rows.values()].sort((a, b) => number(a) - number(b));
}
