import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What the API server's library is asked: see `evaluate.go`. */
export interface Question {
  readonly object: unknown;
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly expressions: readonly string[];
}

/** What it answers about one expression. */
export interface Result {
  readonly value?: string;
  readonly error?: string;
  /** Whether the expression was refused before it met the object. */
  readonly refused?: boolean;
  readonly cost: number;
}

export interface Answer {
  /** The object as expressions see it; absent where the API server cannot decode it. */
  readonly decoded?: string;
  readonly error?: string;
  readonly results?: readonly Result[];
}

let program: string | undefined;

/** Builds the harness, which Go skips where nothing has changed. */
function harness(): string {
  if (program !== undefined) return program;
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'keelson');
  mkdirSync(cache, { recursive: true });
  const output = join(cache, 'cel-harness');
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' };
  const { status, stderr } = spawnSync('go', ['build', '-trimpath', '-buildvcs=false', '-o', output, '.'], {
    cwd: __dirname,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`go build of test/tools/cel-harness failed: ${stderr}`);
  return (program = output);
}

function run(mode: string, input: string): string {
  const { status, stdout, stderr } = spawnSync(harness(), [mode], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`cel-harness ${mode} failed: ${stderr}`);
  return stdout;
}

/** Asks the API server's library. */
export function ask(questions: readonly Question[]): readonly Answer[] {
  const input = questions.map((question) => JSON.stringify(question)).join('\n');
  return run('eval', input)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}

/** The types of kinds, from the Go types of Kubernetes. */
export function typesOf(kinds: readonly unknown[]): unknown {
  return JSON.parse(run('types', JSON.stringify(kinds)));
}
