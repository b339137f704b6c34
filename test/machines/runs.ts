import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isRunning, markOf, signal, type ProcessMark } from './processes';
import { disposeMachine, endProcesses } from './traces';

/** What a run has on the host, for others to find where it did not come to its end. */
export interface RunRecord {
  readonly owner: ProcessMark;
  readonly run: string;
  readonly bridge: string;
  readonly folder: string;
  readonly names: readonly string[];
  /** Who watches over it. */
  readonly watch?: ProcessMark;
}

/** Folder of the runs: for each a record, and a folder with its machines. */
export const RUNS = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'keelson', 'machines');

/** Writes down what a run is about to make, before it makes it. */
export function recordRun(record: RunRecord): void {
  mkdirSync(record.folder, { recursive: true, mode: 0o700 });
  const file = fileOf(record.run);
  writeFileSync(`${file}.new`, JSON.stringify(record));
  renameSync(`${file}.new`, file);
}

/** The record of a run; undefined where it has come to its end. */
export function readRun(run: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(run), 'utf8')) as RunRecord;
  } catch {
    return undefined;
  }
}

/**
 * A process of its own that waits for the end of the owner, and takes away what is there then: who is killed cleans nothing up, and a
 * listener for the end of a process is not called in every test runner.
 */
export function watchRun(record: RunRecord): ProcessMark {
  const { run } = record;
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'watch.ts'), run], {
    cwd: __dirname,
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
  const watch = markOf(child.pid!)!;
  recordRun({ ...record, watch });
  return watch;
}

/** Takes away what runs left whose owner is gone. */
export function removeLeftovers(): void {
  if (!existsSync(RUNS)) return;
  for (const file of readdirSync(RUNS).filter((name) => name.endsWith('.json'))) {
    const record = readRun(file.slice(0, -'.json'.length));
    if (record !== undefined && !isRunning(record.owner)) removeRun(record);
  }
}

/** Ends all machines of a run hard, and takes away what it has on the host. */
export function removeRun({ run, bridge, folder, names }: RunRecord): void {
  for (const name of names) {
    const mark = join(folder, name, 'container.json');
    // The machine ends with the process that started it: all of it is below that one.
    if (existsSync(mark)) end(JSON.parse(readFileSync(mark, 'utf8')) as ProcessMark);
    endProcesses({ run, name });
    disposeMachine({ folder: join(folder, name), run, name });
  }
  spawnSync('ip', ['link', 'delete', bridge]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  rmSync(fileOf(run), { force: true });
}

function end(mark: ProcessMark): void {
  signal(mark, 'SIGKILL');
  for (let tries = 0; tries < 100 && isRunning(mark); tries++) spawnSync('sleep', ['0.05']);
}

function fileOf(run: string): string {
  return join(RUNS, `${run}.json`);
}
