import {
  analyse,
  judgePaths,
  keyOf,
  stepNames,
  type AccessAnalysis,
  type AccessObject,
  type AccessPath,
} from '../authorization';
import { accessBaselineProblems, throwIfAny, type AccessBaseline, type Problem } from '../model';
import { ADMINISTRATOR_GROUPS } from './administrators';

/** The kinds that say who may do what, or that a way to more leads over. */
const KINDS =
  /^(Cluster)?Role(Binding)?$|^(ServiceAccount|Secret|Namespace|Pod|ReplicationController)$|^(Deployment|ReplicaSet|StatefulSet|DaemonSet|Job|CronJob)$/;

/**
 * Computes who may do what by these objects, and refuses every way to cluster-admin that the baseline does not hold, and every one
 * that it holds and that is not there.
 *
 * @param baseline undefined where nothing was accepted
 */
export function judgeAccess(
  objects: readonly AccessObject[],
  baseline: AccessBaseline | undefined,
): readonly Problem[] {
  const analysis = analyse(
    objects.filter(({ manifest }) => KINDS.test(manifest.kind)),
    { administrators: ADMINISTRATOR_GROUPS },
  );
  return accessProblems(analysis, baseline);
}

/**
 * Reads the text of a baseline.
 *
 * @param file what problems call it
 * @throws KeelsonError `access/baseline` with everything that is wrong with it
 */
export function parseAccessBaseline(text: string, file: string): AccessBaseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below: text is no baseline.
  }
  throwIfAny(accessBaselineProblems(value, `${file}: `));
  return value as AccessBaseline;
}

/** What is wrong with an analysis, by a baseline. */
export function accessProblems(
  analysis: AccessAnalysis,
  baseline: AccessBaseline | undefined,
): readonly Problem[] {
  const invalid = baseline === undefined ? [] : accessBaselineProblems(baseline, 'access baseline: ');
  if (invalid.length > 0) return invalid;
  const { unaccepted, stale } = judgePaths(analysis.paths, baseline, ADMINISTRATOR_GROUPS);
  return [
    ...unaccepted.map(pathProblem),
    ...stale.map(({ subject }) => ({
      code: 'access/baseline' as const,
      where: `access baseline, ${subject}`,
      message: 'There is no such path any more.',
      fix: 'Remove it from the baseline.',
    })),
  ];
}

function pathProblem(path: AccessPath): Problem {
  const told = path.steps.filter(({ technique }) => technique !== 'holds');
  const [last] = path.steps.slice(-1);
  const steps = told.map(({ title, because }) => `${title} (${because})`).join('; then ');
  return {
    code: 'access/path',
    where: keyOf(path.subject),
    message: `It can become an administrator of the cluster: it ${steps === '' ? last!.because : steps}.`,
    fix: `Take away what a step needs, or accept the path in the baseline: ${stepNames(path).join(' → ')}.`,
  };
}
