import { formatProblem, KeelsonError, waiverProblems, type Finding, type Problem } from '../model';
import { CONTROLS } from '../policies/controls';
import { waivable } from '../policies/enforce/waivable';
import { applyWaivers } from '../policies/enforce/waivers';
import { judgeNetwork } from '../policies/network-checks';
import { differenceOf, reachabilityJson, type Point, type Reachability } from '../reachability';
import { paletteFor } from '../report/colour';
import { reachDifference } from '../report/reach-difference';
import { reachExplained } from '../report/reach-explain';
import { findingLines } from '../report/check-console';
import { shortNames } from '../report/reach-names';
import { reachSvg } from '../report/reach-svg';
import { reachTable } from '../report/reach-table';
import { write } from './print-report';
import { reachInput, type ReachInput } from './reach-input';
import { reachOptions, type ReachFlags, type ReachOptions } from './reach-options';
import { readWaivers } from './read-waivers';

/** How it ends: nothing found, findings, or input that could not be read, which is the worst. */
export const REACH_EXIT = { clean: 0, findings: 1, input: 2 } as const;

/**
 * `keelson reach`: computes what can reach what by the network policies of manifests or of a cluster.
 *
 * @returns the exit code
 */
export async function reach(paths: readonly string[], flags: ReachFlags): Promise<number> {
  try {
    const options = reachOptions(paths, flags);
    const { findings, problems, text, isData } = await reachReport(options);
    const palette = paletteFor(process.stderr.isTTY === true, process.env);
    const told = [
      ...problems.map(formatProblem),
      ...(isData ? ['No check was run: it is data that was written before, and no manifests.'] : []),
      ...findingLines(findings, palette),
    ];
    if (told.length > 0) await write(process.stderr, `${told.join('\n')}\n\n`);
    if (problems.length > 0) return REACH_EXIT.input;
    await write(process.stdout, `${text()}\n`);
    return findings.some(({ waiver }) => waiver === undefined) ? REACH_EXIT.findings : REACH_EXIT.clean;
  } catch (error) {
    // Whatever stopped it, nothing was found good.
    console.error(error instanceof KeelsonError ? error.message : error);
    return REACH_EXIT.input;
  }
}

interface ReachReport {
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  /** The answer, for input without problems. */
  readonly text: () => string;
  /** It was computed before, and not judged now. */
  readonly isData: boolean;
}

async function reachReport(options: ReachOptions): Promise<ReachReport> {
  const now = new Date();
  const waivers = options.waivers === undefined ? [] : readWaivers(options.waivers);
  const before = options.against === undefined ? undefined : await versionBefore(options.against, options);
  const facts = before === undefined ? {} : { facts: before.reachability.network };
  const input = await reachInput(options.paths, { ...options, ...facts });
  const { reachability, findings, problems } = judged(input);
  return {
    findings: applyWaivers(findings, waivers, now),
    problems: [...waiverProblems(waivers, waivable(CONTROLS), now), ...problems, ...(before?.problems ?? [])],
    text: () =>
      before === undefined
        ? answer(reachability, options)
        : difference(before.reachability, reachability, options),
    isData: input.written !== undefined,
  };
}

function judged({ objects, network, foreign, problems, written }: ReachInput) {
  if (written !== undefined) return { reachability: written, findings: [], problems };
  const verdict = judgeNetwork(objects, network, foreign);
  return { ...verdict, problems: [...problems, ...verdict.problems] };
}

/** What is wrong with the version before is no news, as long as it can be computed. */
async function versionBefore(path: string, options: ReachOptions) {
  const { reachability, problems } = judged(await reachInput([path], { ...options, live: false }));
  return { reachability, problems };
}

function difference(before: Reachability, after: Reachability, { format }: ReachOptions): string {
  const changes = differenceOf(before, after);
  return format === 'json' ? JSON.stringify(changes, null, 2) : reachDifference(changes, before, after);
}

function answer(reachability: Reachability, { format, pair }: ReachOptions): string {
  if (pair !== undefined) {
    const from = pointNamed(reachability.points, pair.from, '--from');
    const to = pointNamed(reachability.points, pair.to, '--to');
    if (format !== 'json') return reachExplained(reachability, from, to);
    const flow = reachability.flows.find((one) => one.from === from.id && one.to === to.id);
    return JSON.stringify(flow ?? null, null, 2);
  }
  if (format === 'json') return reachabilityJson(reachability).trimEnd();
  if (format === 'svg') return reachSvg(reachability).trimEnd();
  return reachTable(reachability, paletteFor(process.stdout.isTTY === true, process.env));
}

/**
 * The point that a person means: by its id, its short name, or the last part of it where that is only one's.
 *
 * @throws KeelsonError (`cli/usage`)
 */
function pointNamed(points: readonly Point[], name: string, where: string): Point {
  const names = shortNames(points);
  const exact = points.find(({ id }) => id === name) ?? points.find(({ id }) => names.get(id) === name);
  if (exact !== undefined) return exact;
  const called = points.filter((point) => point.type === 'workload' && point.name === name);
  if (called.length === 1) return called[0]!;
  const choice = called.length > 1 ? called : points;
  throw new KeelsonError({
    code: 'cli/usage',
    where,
    message:
      called.length > 1
        ? `${called.length} workloads are called "${name}".`
        : `Nothing in the answer is called "${name}".`,
    fix: `Use one of: ${choice
      .slice(0, 20)
      .map(({ id }) => quoted(names.get(id)!))
      .join(', ')}${choice.length > 20 ? ', …' : ''}.`,
  });
}

/** As it is to be typed: names of pods that others deploy hold spaces and commas. */
function quoted(name: string): string {
  return /^[\w./:-]+$/.test(name) ? name : `'${name}'`;
}
