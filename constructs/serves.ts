import type { IConstruct } from 'constructs';
import type { RecommendationId } from '../model';

const METADATA_TYPE = 'keelson:serves';

/**
 * Notes that a construct applies recommendations of the guidance. The notes head the synthesized file and fill the
 * "declared" column of the report.
 */
export function serves(construct: IConstruct, ...recommendations: readonly RecommendationId[]): void {
  for (const id of recommendations) construct.node.addMetadata(METADATA_TYPE, id);
}

/** The recommendations noted on a construct itself (not on those below it). */
export function servedBy(construct: IConstruct): readonly RecommendationId[] {
  return construct.node.metadata
    .filter((entry) => entry.type === METADATA_TYPE)
    .map((entry) => entry.data as RecommendationId);
}
