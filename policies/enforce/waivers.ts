import type { Manifest } from '../../constructs';
import {
  formatWaiver,
  waiverCovers,
  waiverHolds,
  type Finding,
  type Problem,
  type Waiver,
} from '../../model';
import { CONTAINERS } from '../elements';
import { at } from '../engine/paths';
import { podKindOf } from '../subjects';

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

/** The waivers that relax a whole pod for what only some of its containers break. */
export function broadWaivers(
  waivers: readonly Waiver[],
  findings: readonly Finding[],
  objects: readonly { readonly manifest: Manifest }[],
): readonly Problem[] {
  return waivers
    .filter(({ container }) => container === undefined)
    .flatMap((waiver) => {
      const covered = findings.filter(({ control, resource }) => waiverCovers(waiver, control, resource));
      const broken = new Set(covered.map(({ container }) => container));
      if (covered.length === 0 || broken.has(undefined)) return [];
      const all = objects
        .filter(({ manifest: { kind, metadata } }) =>
          waiverCovers(waiver, waiver.control, {
            kind,
            namespace: metadata.namespace ?? '',
            name: metadata.name ?? '',
          }),
        )
        .flatMap(({ manifest }) => containerNames(manifest));
      if (all.length <= broken.size) return [];
      return [
        {
          code: 'waiver/invalid' as const,
          where: formatWaiver(waiver),
          message: `It relaxes ${all.length} containers, and only ${[...broken].join(', ')} needs it.`,
          fix: 'Name the one in `container`, with a waiver for each that needs it.',
        },
      ];
    });
}

/** The names of the containers of a pod, in whatever kind it is. */
function containerNames(manifest: Manifest): readonly string[] {
  const podKind = podKindOf(manifest);
  const spec = podKind === undefined ? undefined : at(manifest, [...podKind.pod, 'spec']);
  return CONTAINERS.lists.flatMap((list) => {
    const containers = (spec as Readonly<Record<string, unknown>> | undefined)?.[list];
    return Array.isArray(containers) ? (containers as { name: string }[]).map(({ name }) => name) : [];
  });
}
