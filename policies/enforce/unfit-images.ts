import { formatResource, type Finding, type ImageLock, type Problem } from '../../model';
import { imageProblems, type ImageProblem } from '../image-fit/image-problems';
import type { CheckedObject } from './check';

/**
 * The images that do not fit their workloads, as problems that stop synth.
 *
 * @param findings what the objects break, with their waivers: root that a control tells already, or that somebody answers
 *   for, is not told again
 */
export function unfitImages(
  objects: readonly CheckedObject[],
  lock: ImageLock,
  findings: readonly Finding[],
): readonly Problem[] {
  const ofRoot = findings.filter(tellsOfRoot);
  return objects.flatMap(({ manifest, source }) =>
    imageProblems(manifest, lock)
      .filter(
        ({ what, container }) =>
          what !== 'root' || !ofRoot.some((finding) => isAbout(finding, source, container)),
      )
      .map(({ container, message, fix }) => ({
        code: 'image/unfit' as const,
        where: source,
        message: `${formatResource({
          apiVersion: manifest.apiVersion,
          kind: manifest.kind,
          namespace: manifest.metadata.namespace ?? '',
          name: manifest.metadata.name ?? '',
        })}${container === undefined ? '' : ` container ${container}`}: ${message}`,
        fix,
      })),
  );
}

/** `runAsUser: 0` is told by its control; that `runAsNonRoot` is missing says nothing of root until it is waived. */
function tellsOfRoot({ control, waiver }: Finding): boolean {
  return control === 'root-user' || (control === 'run-as-non-root' && waiver !== undefined);
}

function isAbout(finding: Finding, source: string, container: ImageProblem['container']): boolean {
  return finding.source === source && (finding.container === undefined || finding.container === container);
}
