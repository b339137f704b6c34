/**
 * Takes out each default of workloads, namespaces, network policies, secrets, roles and the posture in turn: at least one unit test has
 * to fail for each. The list of defaults is generated from the code; `MUTATION=workload/pod-defaults` picks files by name.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { mutantsOf, type Mutant } from '../tools/mutation/mutants';

const PROJECT = resolve(__dirname, '../..');
/** The rooms that have defaults, and the unit tests that watch them. */
const ROOMS: Readonly<Record<string, string>> = {
  workload: 'unit/(constructs/workload/(hardened|identity|kinds|pod|relaxed)|examples)',
  namespace: 'unit/(constructs/namespace|examples)',
  network: 'unit/(constructs/(namespace|network)|examples)',
  secrets: 'unit/(constructs/secrets|control-plane/(additions|files|settings))',
  posture: 'unit/constructs/posture',
};

/** What says who may do what: the rest of its room has no defaults of this kind. */
const ACCESS = [
  'bound-role',
  'personas/persona-rules',
  'personas/personas',
  'policy-rules',
  'rule',
  'rule-check',
  'subject',
  'workload-roles',
];

/** A file that has defaults, and the unit tests that watch them. */
interface Watched {
  readonly file: string;
  readonly tests: string;
}

const FILES: readonly Watched[] = [
  ...Object.entries(ROOMS).flatMap(([room, tests]) =>
    readdirSync(join(PROJECT, 'constructs', room)).map((name) => ({
      file: `constructs/${room}/${name}`,
      tests,
    })),
  ),
  ...ACCESS.map((name) => ({ file: `constructs/access/${name}.ts`, tests: 'unit/constructs/access' })),
  { file: 'model/posture.ts', tests: 'unit/constructs/(posture|workload/(kinds|relaxed)|namespace)' },
].filter(({ file }) => file.includes(process.env.MUTATION ?? ''));

const queue = FILES.flatMap((watched) => {
  const original = readFileSync(join(PROJECT, watched.file), 'utf8');
  return mutantsOf(original).map((mutant) => ({ ...watched, original, mutant }));
});

const folder = mkdtempSync(join(tmpdir(), 'keelson-mutation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the project in which sources can be changed. */
function copyOfProject(name: string): string {
  const copy = join(folder, name);
  const left = ['.git', '.keelson', 'dist', 'lib', 'node_modules'];
  cpSync(PROJECT, copy, {
    recursive: true,
    filter: (path) => !left.some((top) => path === join(PROJECT, top)),
  });
  symlinkSync(join(PROJECT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Whether the unit tests pass in a copy. */
async function passes(copy: string, tests: string): Promise<boolean> {
  const jest = join(PROJECT, 'node_modules/jest/bin/jest.js');
  const args = ['--selectProjects', 'unit', '--runInBand', '--bail', '--testPathPatterns', tests];
  const run = spawn(process.execPath, [jest, ...args], { cwd: copy, stdio: 'ignore', timeout: 120_000 });
  return new Promise((done) => run.on('close', (code) => done(code === 0)));
}

const named = (file: string, { line, what }: Mutant): string => `${file}:${line} ${what}`;

test('each default is watched by a test', async () => {
  const copies = Array.from({ length: Math.min(2, availableParallelism()) }, (_, index) =>
    copyOfProject(String(index)),
  );
  // A suite that fails as it is would pass for one that sees everything.
  for (const tests of new Set(FILES.map((watched) => watched.tests)))
    expect(await passes(copies[0]!, tests)).toBe(true);
  const unwatched: string[] = [];
  const seen: string[] = [];
  const work = async (copy: string): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { file, tests, original, mutant } = next;
      writeFileSync(join(copy, file), mutant.text);
      const survived = await passes(copy, tests);
      writeFileSync(join(copy, file), original);
      (survived ? unwatched : seen).push(named(file, mutant));
      if (survived) process.stdout.write(`not watched: ${named(file, mutant)}\n`);
    }
  };
  await Promise.all(copies.map(work));
  process.stdout.write(`${seen.sort().join('\n')}\n${seen.length} defaults are watched.\n`);
  expect(unwatched.sort()).toEqual([]);
}, 2_400_000);
