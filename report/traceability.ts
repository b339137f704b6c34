import type { RenderedApp } from '../constructs';
import { RECOMMENDATIONS, type Evidence, type Recommendation, type RecommendationId } from '../model';
import type { Control } from '../policies';

/** What is known of one recommendation. */
export interface TraceRow {
  readonly recommendation: Recommendation;
  /** Constructs of the stack or settings of the control plane apply it. */
  readonly declared: boolean;
  /** Controls that refuse what breaks it, at synth and in the API server. */
  readonly enforced: readonly string[];
  /**
   * What the probes that ran found: `proved` where they looked at all that the recommendation asks for, `in part` where
   * they left something open, `fails` where a claim did not hold; `unproved` where none ran.
   */
  readonly proved: 'proved' | 'in part' | 'fails' | 'unproved';
  /** What they left open. */
  readonly open: readonly string[];
  /** The probes that looked. */
  readonly probes: readonly string[];
}

/** Where the rows come from. */
export interface TraceSources {
  readonly app: RenderedApp;
  /** What the control plane's own settings apply. */
  readonly controlPlane: readonly RecommendationId[];
  /** The controls that are in force. */
  readonly controls: readonly Control[];
  readonly evidence: readonly Evidence[];
}

/** One row for each recommendation of the guidance, in its order; none is left out. */
export function traceability(sources: TraceSources): readonly TraceRow[] {
  const declared = new Set([
    ...sources.app.charts.flatMap(({ recommendations }) => recommendations),
    ...sources.controlPlane,
  ]);
  return RECOMMENDATIONS.map((recommendation) => {
    const evidence = sources.evidence.filter(
      ({ recommendations, verdict }) =>
        recommendations.includes(recommendation.id) && verdict !== 'unavailable',
    );
    return {
      recommendation,
      declared: declared.has(recommendation.id),
      enforced: sources.controls
        .filter((c) => c.mappings.recommendations.includes(recommendation.id))
        .map(({ id }) => id),
      proved: verdictOf(evidence),
      open: evidence.flatMap(({ open }) => open ?? []),
      probes: evidence.map(({ probe }) => probe),
    };
  });
}

function verdictOf(evidence: readonly Evidence[]): TraceRow['proved'] {
  if (evidence.length === 0) return 'unproved';
  if (evidence.some(({ verdict }) => verdict !== 'holds')) return 'fails';
  return evidence.some(({ open }) => open === undefined) ? 'proved' : 'in part';
}
