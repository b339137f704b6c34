import { KeelsonError, waiverProblems, type Problem } from '../model';
import { CONTROLS } from '../policies/controls';
import { compileControls } from '../policies/engine/compile';
import { judgeObjects, type CheckedObject } from '../policies/enforce/check';
import { waivable } from '../policies/enforce/waivable';
import { applyWaivers } from '../policies/enforce/waivers';
import type { Kind } from '../policies/kinds';
import { bySeverity, fails, type CheckReport } from '../report/check-report';
import { checkOptions, type CheckFlags, type CheckOptions } from './check-options';
import { STDIN } from './input/files';
import type * as Live from './input/live';
import { Reader, STDIN_NAME } from './input/reader';
import { readStream } from './input/text';
import { printReport } from './print-report';
import { readWaivers } from './read-waivers';
import { selectControls } from './select-controls';

/** How a check ends: nothing found, findings, or input that could not be read, which is the worst. */
export const CHECK_EXIT = { clean: 0, findings: 1, input: 2 } as const;

/**
 * `keelson check`: judges manifests and prints what they break.
 *
 * @returns the exit code
 */
export async function check(paths: readonly string[], flags: CheckFlags): Promise<number> {
  try {
    const options = checkOptions(
      paths,
      flags,
      CONTROLS.map(({ id }) => id),
    );
    const report = await checkReport(options);
    await printReport(report, options.format);
    if (report.problems.length > 0) return CHECK_EXIT.input;
    return fails(report) ? CHECK_EXIT.findings : CHECK_EXIT.clean;
  } catch (error) {
    // Whatever stopped it, nothing was found good.
    console.error(error instanceof KeelsonError ? error.message : error);
    return CHECK_EXIT.input;
  }
}

/** Reads and judges everything that a check names. */
export async function checkReport(options: CheckOptions): Promise<CheckReport> {
  const controls = selectControls(CONTROLS, options);
  const kinds = controls.flatMap((control) => control.kinds);
  const reader = new Reader(kinds);
  const stdin = options.paths.includes(STDIN) ? await readStream(STDIN_NAME, process.stdin) : undefined;
  const live = options.live ? await liveObjects(kinds, options, reader) : [];
  const now = new Date();
  const waivers = options.waivers === undefined ? [] : readWaivers(options.waivers);
  const findings = applyWaivers(
    // A test compiles every edition of keelson's controls.
    judgeObjects(chain(reader.read(options.paths, stdin), live), compileControls(controls, { lazily: true })),
    waivers,
    now,
  );
  const wrongWaivers = waiverProblems(waivers, waivable(CONTROLS), now);
  const problems = [...wrongWaivers, ...(nothing(reader) ?? reader.problems)];
  return {
    findings,
    problems,
    controls,
    summary: {
      files: reader.files,
      objects: reader.objects,
      notJudged: [...reader.notJudged.values()].reduce((sum, count) => sum + count, 0),
      notJudgedKinds: Object.fromEntries([...reader.notJudged].sort(([a], [b]) => (a < b ? -1 : 1))),
      controls: controls.length,
      findings: bySeverity(findings),
      waived: findings.filter(({ waiver }) => waiver !== undefined).length,
      problems: problems.length,
      failOn: options.failOn,
    },
  };
}

/** Access to a cluster is loaded only where it is asked for: most checks read files. */
async function liveObjects(
  kinds: readonly Kind[],
  options: CheckOptions,
  reader: Reader,
): Promise<readonly CheckedObject[]> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() is slow, and jest cannot follow it
  const { readLive } = require('./input/live') as typeof Live;
  return readLive(kinds, options.kubeconfig, process.env, reader);
}

function* chain(...parts: readonly Iterable<CheckedObject>[]): Generator<CheckedObject> {
  for (const part of parts) yield* part;
}

/** A check that saw no object at all proves nothing, however clean it is. */
function nothing(reader: Reader): readonly Problem[] | undefined {
  if (reader.objects > 0 || reader.problems.length > 0) return undefined;
  return [
    {
      code: 'check/nothing',
      where: 'check',
      message: 'There is no Kubernetes object in what it names.',
      fix: 'Check the paths, and that what writes them did not fail.',
    },
  ];
}
