import type { AcceptedPath, AccessBaseline } from '../model';
import type { AccessPath, PathStep } from './paths';
import { keyOf } from './rbac';

/** A step without the binding it goes over, which may be named otherwise tomorrow. */
export function stepName({ technique, to }: Pick<PathStep, 'technique' | 'to'>): string {
  return `${technique}: ${keyOf(to).trim()}`;
}

/** The names of all steps of a path. */
export function stepNames({ steps }: Pick<AccessPath, 'steps'>): readonly string[] {
  return steps.map(stepName);
}

/** By what a path is told from every other. */
export function pathName(subject: string, steps: readonly string[]): string {
  return JSON.stringify([subject, steps]);
}

/** What a baseline says of the paths that there are. */
export interface BaselineVerdict {
  /** Paths that nobody accepted. */
  readonly unaccepted: readonly AccessPath[];
  /** What was accepted and is not there. */
  readonly stale: readonly AcceptedPath[];
}

/**
 * Compares paths with those that were accepted.
 *
 * @param administrators groups that are administrators by their name; their paths need no baseline
 */
export function judgePaths(
  paths: readonly AccessPath[],
  baseline: AccessBaseline | undefined,
  administrators: readonly string[],
): BaselineVerdict {
  const accepted = new Map((baseline?.paths ?? []).map((path) => [pathName(path.subject, path.steps), path]));
  const found = new Set<string>();
  const unaccepted = paths.filter((path) => {
    const { subject } = path;
    const name = pathName(keyOf(subject), stepNames(path));
    found.add(name);
    return !accepted.has(name) && !(subject.kind === 'Group' && administrators.includes(subject.name));
  });
  return { unaccepted, stale: [...accepted].filter(([name]) => !found.has(name)).map(([, path]) => path) };
}
