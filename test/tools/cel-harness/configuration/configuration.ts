import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { AuditRequest } from '../../../../constructs/control-plane';
import { buildGo } from '../../go-build';

/** What the API server's own code is asked (see `main.go`): levels of requests under an audit policy, or what is wrong. */
export type Question =
  | { readonly policy: unknown; readonly requests: readonly AuditRequest[] }
  | { readonly authentication: unknown };

/** What it answers. */
export interface Answer {
  readonly levels?: readonly string[];
  readonly errors: readonly string[];
}

let program: string | undefined;

/** Asks the code by which the API server reads its configuration. */
export function askApiServer(questions: readonly Question[]): readonly Answer[] {
  program ??= buildGo(join(__dirname, '..'), 'configuration-reader', './configuration');
  const { status, stdout, stderr } = spawnSync(program, [], {
    input: questions.map((question) => JSON.stringify(question)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`configuration-reader failed: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Answer);
}
