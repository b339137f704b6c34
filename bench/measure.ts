import { spawnSync } from 'node:child_process';

/** What one run of a case took. */
export interface Measurement {
  readonly seconds: number;
  /** Peak memory of the process in MiB. */
  readonly peakMiB: number;
}

/**
 * Runs a case in a process of its own, so that neither its memory nor what the engine learnt helps the next one.
 *
 * @param script the file, whose last line of output is a `Measurement` as JSON
 */
export function inOwnProcess(script: string, ...args: readonly string[]): Measurement {
  const run = spawnSync(process.execPath, ['--import', 'tsx', script, ...args], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${script} ${args.join(' ')} failed:\n${run.stdout}\n${run.stderr}`);
  return JSON.parse(run.stdout.trim().split('\n').pop()!) as Measurement;
}

/** Ends a case: prints what it took since `start`, in milliseconds of `performance.now()`. */
export function report(start: number): void {
  const measurement: Measurement = {
    seconds: (performance.now() - start) / 1000,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  };
  console.log(JSON.stringify(measurement));
}

/** The middle one of several runs. */
export function median(runs: readonly Measurement[]): Measurement {
  return [...runs].sort((a, b) => a.seconds - b.seconds)[Math.floor(runs.length / 2)]!;
}

/** A row of a table for the terminal and for docs/benchmarks.md. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The first two lines of such a table. */
export function tableHead(titles: readonly string[]): string {
  return `${tableRow(titles)}\n${tableRow(titles.map(() => '---'))}`;
}
