import type { RecommendationId } from './recommendations';

/**
 * What a probe found. `unavailable` means that the probe had no way to look (for example no access to etcd), and is
 * never counted as proof.
 */
export type Verdict = 'holds' | 'fails' | 'unavailable';

/** One thing a probe did and what came back. */
export interface Observation {
  /** What was tried, for example `GET /api without credentials`. */
  readonly attempt: string;
  /** What was seen, for example `401 Unauthorized`. Never a secret value. */
  readonly seen: string;
}

/** The result of a probe on a live cluster. */
export interface Evidence {
  /** Id of the probe, for example `anonymous-refused`. */
  readonly probe: string;
  readonly recommendations: readonly RecommendationId[];
  readonly verdict: Verdict;
  /** The claim that was tested, in one sentence. */
  readonly claim: string;
  readonly observations: readonly Observation[];
  /** What the recommendation asks for that the probe does not look at; absent where it looks at all of it. */
  readonly open?: string;
}
