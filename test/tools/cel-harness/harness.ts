import { spawnSync } from 'node:child_process';
import { buildGo } from '../go-build';

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

/** Builds the harness once. */
function harness(): string {
  return (program ??= buildGo(__dirname, 'cel-harness'));
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
