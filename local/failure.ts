import { existsSync, readFileSync } from 'node:fs';
import type { ComponentName } from '../constructs/control-plane';
import { KeelsonError } from '../model';

/** How much of a log is quoted. */
const LINES = 5;
const LINE_LENGTH = 400;

/** What looks like a credential, whoever wrote it. */
const CREDENTIALS = [
  /-----BEGIN [^-]*PRIVATE KEY-----[\s\S]*?(-----END [^-]*PRIVATE KEY-----|$)/g,
  /eyJ[\w-]+\.[\w-]+\.[\w-]*/g,
];

/** The text without the secrets given and without what looks like a private key or a token. */
export function redact(text: string, secrets: readonly string[]): string {
  const known = secrets.reduce((all, secret) => all.replaceAll(secret, '<secret>'), text);
  return CREDENTIALS.reduce((all, pattern) => all.replace(pattern, '<secret>'), known);
}

/** The last lines of a log, without secrets. */
export function lastLines(path: string, secrets: readonly string[]): readonly string[] {
  if (!existsSync(path)) return [];
  return redact(readFileSync(path, 'utf8'), secrets)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-LINES)
    .map((line) => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH)}…` : line));
}

/** The error for a component that did not come up: why, and how its log ends. */
export function startFailure(
  component: ComponentName,
  reason: string,
  log: string,
  secrets: readonly string[],
): KeelsonError {
  const lines = lastLines(log, secrets);
  const quoted = lines.length === 0 ? 'Its log is empty.' : `Its log ends:\n  ${lines.join('\n  ')}\n`;
  if (lines.some((line) => line.includes('address already in use'))) {
    return new KeelsonError({
      code: 'local/port',
      where: component,
      message: `A port was taken by another process while it started. ${quoted}`,
      fix: 'Run this again: a port that was not asked for by number is then chosen anew.',
    });
  }
  return new KeelsonError({
    code: 'local/start',
    where: component,
    message: `It did not come up: ${reason}. ${quoted}`,
    fix: 'Correct what its log names, then run this again.',
  });
}

/** The error for a start that was interrupted. */
export function interrupted(cause: unknown): KeelsonError {
  return new KeelsonError(
    {
      code: 'local/start',
      where: 'local control plane',
      message: 'The start was interrupted; what it had started is stopped.',
      fix: 'Run this again.',
    },
    { cause },
  );
}
