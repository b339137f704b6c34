import { deepFreeze } from './frozen';

/** A minor release of Kubernetes. */
export interface Release {
  /** For example `1.37`. */
  readonly minor: string;
  /** The day it came out, `YYYY-MM-DD`. */
  readonly released: string;
  /** The last day for which it gets fixes, `YYYY-MM-DD`. */
  readonly endOfLife: string;
}

/** What is known of releases. */
export interface ReleaseTable {
  /** Where it was read. */
  readonly source: string;
  /** The day on which it was read, `YYYY-MM-DD`. */
  readonly date: string;
  /** Oldest first. */
  readonly releases: readonly Release[];
}

let table: ReleaseTable | undefined;

/**
 * The releases of Kubernetes with the days on which they end, where that was read and on which day. `schemas/releases.ts` brings it
 * up to date. Source: UPG-1.
 */
export function releaseTable(): ReleaseTable {
  // By the package's own name: it is the same file from the source and from `lib/`. Most commands never need it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() is slow, and jest cannot follow it
  return (table ??= deepFreeze(require('keelson/schemas/releases.json') as ReleaseTable));
}

/** How long before its end a release is warned of, in days: time for an upgrade that is tested first. */
export const WARN_DAYS = 90;

/** Whether a release gets fixes: `ending` in its last 90 days, `unknown` where it is not in the table. */
export type Support = 'supported' | 'ending' | 'ended' | 'unknown';

const DAY_MS = 24 * 3600 * 1000;

/** A release by its minor version. */
export function releaseOf(minor: string): Release | undefined {
  return releaseTable().releases.find((release) => release.minor === minor);
}

/** Whether a minor release gets fixes at a moment. It does through the whole of its last day, in UTC. */
export function supportOf(minor: string, now: Date): Support {
  const release = releaseOf(minor);
  if (release === undefined) return 'unknown';
  const end = Date.parse(`${release.endOfLife}T00:00:00Z`) + DAY_MS;
  if (now.getTime() >= end) return 'ended';
  return now.getTime() >= end - WARN_DAYS * DAY_MS ? 'ending' : 'supported';
}
