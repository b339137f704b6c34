import type { Problem } from './errors';
import { zod } from './zod';

/** A way from somebody to cluster-admin that somebody answers for. */
export interface AcceptedPath {
  /** Who has it, for example `Group team:platform`. */
  readonly subject: string;
  /** Its steps, as `keelson access` writes them: another way of the same subject is not meant. */
  readonly steps: readonly string[];
  /** Who answers for it. */
  readonly owner: string;
  /** Why it has to be there. */
  readonly reason: string;
}

/** The ways to cluster-admin that are known and wanted: a file that is committed and reviewed. */
export interface AccessBaseline {
  readonly format: typeof ACCESS_BASELINE_FORMAT;
  readonly paths: readonly AcceptedPath[];
}

/** What a baseline says of itself, by which another version is told from it. */
export const ACCESS_BASELINE_FORMAT = 'keelson-access-baseline/1';

/** What is wrong with a baseline, each with its place. */
export function accessBaselineProblems(baseline: unknown, where: string): readonly Problem[] {
  const z = zod();
  const text = z.string().trim().min(1, 'It is empty');
  const shape = z.strictObject({
    format: z.literal(ACCESS_BASELINE_FORMAT),
    paths: z.array(
      z.strictObject({
        subject: z.string().regex(/^(User|Group) \S/, 'It is neither "User NAME" nor "Group NAME"'),
        steps: z.array(text).min(1, 'It has no step'),
        owner: text,
        reason: z.string().trim().min(10, 'It is no reason'),
      }),
    ),
  });
  const read = shape.safeParse(baseline);
  if (read.success) return [];
  return read.error.issues.map(({ path, message }) => ({
    code: 'access/baseline' as const,
    where: `${where}${path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')}`,
    message: `${message}.`,
    fix: 'Have `keelson access … --write-baseline` write it, and say who answers for each path and why.',
  }));
}
