import type { AccessAnalysis } from './analysis';
import { compare } from '../reachability';
import { pathName, stepNames } from './baseline';
import type { AccessPath } from './paths';
import { keyOf } from './rbac';

/** One right, down to the verb and the resource, of one subject. */
export interface SingleRight {
  /** For example `Group team:operators`. */
  readonly subject: string;
  /** For example `get pods in shop`, `patch nodes worker-1 everywhere`. */
  readonly right: string;
}

/** What another version of the objects gives and takes. */
export interface AccessDifference {
  readonly gained: readonly SingleRight[];
  readonly lost: readonly SingleRight[];
  /** Ways to cluster-admin that were not there before. */
  readonly opened: readonly AccessPath[];
  readonly closed: readonly AccessPath[];
}

/** What changes from one version to another; by which binding somebody has a right does not count. */
export function accessDifference(before: AccessAnalysis, after: AccessAnalysis): AccessDifference {
  const [had, has] = [singleRights(before), singleRights(after)];
  const [were, are] = [before, after].map(
    ({ paths }) => new Map(paths.map((path) => [pathName(keyOf(path.subject), stepNames(path)), path])),
  );
  return {
    gained: missingFrom(had, has),
    lost: missingFrom(has, had),
    opened: missingFrom(were!, are!),
    closed: missingFrom(are!, were!),
  };
}

function singleRights({ subjects }: AccessAnalysis): ReadonlyMap<string, SingleRight> {
  const all = subjects.flatMap(({ subject, rights }) =>
    rights.flatMap(({ namespace, verbs, what, names }) =>
      verbs.flatMap((verb) =>
        what.flatMap((one) =>
          (names.length === 0 ? [''] : names).map((name): SingleRight => ({
            subject: keyOf(subject),
            right: [verb, one, name, namespace === undefined ? 'everywhere' : `in ${namespace}`]
              .filter((word) => word !== '')
              .join(' '),
          })),
        ),
      ),
    ),
  );
  return new Map(all.map((one) => [`${one.subject} ${one.right}`, one]));
}

function missingFrom<T>(one: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>): readonly T[] {
  return [...other]
    .filter(([key]) => !one.has(key))
    .sort(([a], [b]) => compare(a, b))
    .map(([, value]) => value);
}
