import type { AcceptedPath, AccessBaseline } from '../model';
import { keyOf } from './holder';
import type { AccessPath } from './paths';

/** A path without the bindings it goes over, which may be named otherwise tomorrow. */
export function stepNames({ steps }: Pick<AccessPath, 'steps'>): readonly string[] {
  return steps.map(({ technique, to }) => `${technique}: ${keyOf(to).trim()}`);
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
  const accepted = new Map((baseline?.paths ?? []).map((path) => [nameOf(path.subject, path.steps), path]));
  const found = new Set<string>();
  const unaccepted = paths.filter((path) => {
    const { subject } = path;
    const name = nameOf(keyOf(subject), stepNames(path));
    found.add(name);
    return !accepted.has(name) && !(subject.kind === 'Group' && administrators.includes(subject.name));
  });
  return { unaccepted, stale: [...accepted].filter(([name]) => !found.has(name)).map(([, path]) => path) };
}

function nameOf(subject: string, steps: readonly string[]): string {
  return JSON.stringify([subject, steps]);
}
