import {
  formatWaiver,
  waiverCovers,
  waiverHolds,
  type Finding,
  type Problem,
  type Waiver,
} from '../../model';

/**
 * Notes on each finding the waiver that allows it. A waiver that is over allows nothing.
 *
 * @param now the moment that counts; an input, so that the result depends on nothing else
 */
export function applyWaivers(
  findings: readonly Finding[],
  waivers: readonly Waiver[],
  now: Date,
): readonly Finding[] {
  if (waivers.length === 0) return findings;
  const holding = waivers.filter((waiver) => waiverHolds(waiver, now));
  return findings.map((finding) => {
    const waiver = holding.find((candidate) =>
      waiverCovers(candidate, finding.control, finding.resource, finding.container),
    );
    return waiver === undefined ? finding : { ...finding, waiver: formatWaiver(waiver) };
  });
}

/** The waivers that no finding needs: what they relax is met, or is not there. */
export function unmatchedWaivers(
  waivers: readonly Waiver[],
  findings: readonly Finding[],
): readonly Problem[] {
  return waivers
    .filter(
      (waiver) =>
        !findings.some(({ control, resource, container }) =>
          waiverCovers(waiver, control, resource, container),
        ),
    )
    .map((waiver) => ({
      code: 'waiver/invalid',
      where: formatWaiver(waiver),
      message: 'Nothing breaks the control there.',
      fix: 'Remove the waiver, or correct the object that it names.',
    }));
}
