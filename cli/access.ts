import {
  accessDifference,
  analyse,
  isKnownResource,
  keyOf,
  stepNames,
  whoCan,
  type AccessAnalysis,
  type AccessQuestion,
} from '../authorization';
import {
  ACCESS_BASELINE_FORMAT,
  formatProblem,
  KeelsonError,
  type AccessBaseline,
  type Problem,
} from '../model';
import { writeFileAtomic } from '../pki';
import { accessProblems } from '../policies/access-paths';
import { ADMINISTRATOR_GROUPS } from '../policies/administrators';
import { accessDifferenceText, accessTable } from '../report/access-console';
import { accessSvg } from '../report/access-svg';
import { paletteFor } from '../report/colour';
import { printable } from '../report/printable';
import { accessInput, readBaseline, type AccessInput } from './access-input';
import { accessOptions, type AccessFlags, type AccessOptions } from './access-options';
import { write } from './print-report';

/** How it ends: nothing found, ways that nobody accepted, or input that could not be read, which is the worst. */
export const ACCESS_EXIT = { clean: 0, paths: 1, input: 2 } as const;

/**
 * `keelson access`: computes who may do what by the roles and bindings of manifests or of a cluster, and who can become an
 * administrator.
 *
 * @returns the exit code
 */
export async function access(paths: readonly string[], flags: AccessFlags): Promise<number> {
  try {
    const options = accessOptions(paths, flags);
    const input = await accessInput(options.paths, options);
    if (input.problems.length > 0) return await refuse(input.problems, ACCESS_EXIT.input);
    if (options.question !== undefined) {
      await write(process.stdout, `${answerTo(options.question, input, options)}\n`);
      return ACCESS_EXIT.clean;
    }
    const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline);
    const analysis = analysisOf(input, options);
    if (options.accept !== undefined) await writeBaseline(analysis, options.accept);
    await write(process.stdout, `${await report(analysis, options)}\n`);
    // What shows a part, or accepts all, judges nothing.
    const judges = options.accept === undefined && options.subject === undefined;
    const problems = judges ? accessProblems(analysis, baseline) : [];
    return problems.length === 0 ? ACCESS_EXIT.clean : await refuse(problems, ACCESS_EXIT.paths);
  } catch (error) {
    // Whatever stopped it, nothing was found good.
    console.error(error instanceof KeelsonError ? error.message : error);
    return ACCESS_EXIT.input;
  }
}

async function refuse(problems: readonly Problem[], code: number): Promise<number> {
  await write(process.stderr, `${problems.map(formatProblem).join('\n')}\n`);
  return code;
}

function analysisOf(
  { objects, whole }: AccessInput,
  { subject }: Pick<AccessOptions, 'subject'>,
): AccessAnalysis {
  // A whole cluster says itself who its administrators are.
  const analysis = analyse(objects, { whole, ...(whole ? {} : { administrators: ADMINISTRATOR_GROUPS }) });
  if (subject === undefined) return analysis;
  const isMeant = (one: AccessAnalysis['subjects'][number]['subject']): boolean =>
    one.name === subject || keyOf(one) === subject;
  const subjects = analysis.subjects.filter((one) => isMeant(one.subject));
  if (subjects.length === 0)
    throw new KeelsonError({
      code: 'cli/usage',
      where: '--subject',
      message: `No binding names "${subject}".`,
      fix: `Use one of: ${analysis.subjects
        .slice(0, 20)
        .map((one) => printable(keyOf(one.subject)))
        .join(', ')}.`,
    });
  return { subjects, paths: analysis.paths.filter((path) => isMeant(path.subject)) };
}

function answerTo(
  question: AccessQuestion,
  { objects, whole }: AccessInput,
  { format }: Pick<AccessOptions, 'format'>,
): string {
  if (!isKnownResource(objects, question)) throw unknownResource();
  const names = whoCan(objects, question, { whole });
  if (format === 'json') return JSON.stringify(names, null, 2);
  return names.length === 0 ? 'nobody' : names.map(printable).join('\n');
}

async function report(analysis: AccessAnalysis, { format, against }: AccessOptions): Promise<string> {
  const palette = paletteFor(process.stdout.isTTY === true, process.env);
  if (against !== undefined) {
    const before = await accessInput([against], { live: false });
    if (before.problems.length > 0) throw new KeelsonError(before.problems);
    const difference = accessDifference(analysisOf(before, {}), analysis);
    return format === 'json'
      ? JSON.stringify(difference, null, 2)
      : accessDifferenceText(difference, palette);
  }
  if (format === 'json') return JSON.stringify({ format: 'keelson-access/1', ...analysis }, null, 2);
  return format === 'svg' ? accessSvg(analysis).trimEnd() : accessTable(analysis, palette);
}

/** A slip in a question of security must not look like a good answer. */
function unknownResource(): KeelsonError {
  return new KeelsonError({
    code: 'cli/usage',
    where: '--who-can',
    message: 'Kubernetes has no such resource, and no rule names it.',
    fix: 'Write it in the plural and in small letters, with its group: deployments.apps.',
  });
}

/** Writes every way that there is, but those of the administrators' own groups, as accepted. */
async function writeBaseline(
  { paths }: AccessAnalysis,
  { file, owner, reason }: NonNullable<AccessOptions['accept']>,
): Promise<void> {
  const baseline: AccessBaseline = {
    format: ACCESS_BASELINE_FORMAT,
    paths: paths
      .filter(({ subject: { kind, name } }) => kind !== 'Group' || !ADMINISTRATOR_GROUPS.includes(name))
      .map((path) => ({ subject: keyOf(path.subject), steps: stepNames(path), owner, reason })),
  };
  await writeFileAtomic(file, `${JSON.stringify(baseline, null, 2)}\n`);
}
