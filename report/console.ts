import type { Evidence } from '../model';
import type { TraceRow } from './traceability';

/** The traceability table for a terminal, with a line that counts. */
export function traceTable(rows: readonly TraceRow[]): string {
  const cells = rows.map((row) => [
    row.recommendation.id,
    shorten(row.recommendation.title, 58),
    row.declared ? 'yes' : '-',
    few(row.enforced),
    row.proved === 'unproved' ? '-' : `${row.proved} (${row.probes.join(', ')})`,
  ]);
  const lines = columns([['', 'Recommendation', 'Declared', 'Enforced by', 'Proved'], ...cells]);
  const count = (test: (row: TraceRow) => boolean): number => rows.filter(test).length;
  return [
    ...lines,
    '',
    `${rows.length} recommendations: ${count((r) => r.declared)} declared, ${count((r) => r.enforced.length > 0)} enforced, ` +
      `${count((r) => r.proved === 'proved')} proved, ${count((r) => r.proved === 'in part')} proved in part, ` +
      `${count((r) => r.proved === 'fails')} failed, ${count((r) => r.proved === 'unproved')} not proved.`,
  ].join('\n');
}

/** What the probes that held left open, a line each; empty where they left nothing. */
export function openEnds(rows: readonly TraceRow[]): string {
  return rows
    .filter(({ open }) => open.length > 0)
    .map(({ recommendation, open }) => `${recommendation.id}: ${open.join('; ')}.`)
    .join('\n');
}

/** What failed probes saw; empty where none failed. */
export function failedProbes(evidence: readonly Evidence[]): string {
  return evidence
    .filter(({ verdict }) => verdict === 'fails')
    .map(({ probe, claim, observations }) =>
      [
        `${probe}: ${claim} This does not hold:`,
        ...observations.map((o) => `  ${o.attempt}: ${o.seen}`),
      ].join('\n'),
    )
    .join('\n');
}

/** Lines in which the columns stand below each other. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, index) => Math.max(...rows.map((row) => row[index]!.length)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index]!))
      .join('  ')
      .trimEnd(),
  );
}

/** How many controls a cell of the table names. */
const NAMED = 2;

/** The first of them, and how many more there are; `keelson controls` lists all. */
function few(names: readonly string[]): string {
  if (names.length === 0) return '-';
  const more = names.length - NAMED;
  return more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${more} more` : names.join(', ');
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
