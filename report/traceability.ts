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
  /** `holds` and `fails` come from probes that ran; `unproved` means that none did. */
  readonly proved: 'holds' | 'fails' | 'unproved';
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
        .filter((c) => c.recommendations.includes(recommendation.id))
        .map(({ id }) => id),
      proved:
        evidence.length === 0 ? 'unproved' : evidence.every((e) => e.verdict === 'holds') ? 'holds' : 'fails',
      probes: evidence.map(({ probe }) => probe),
    };
  });
}
