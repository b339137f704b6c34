import { formatResource, SEVERITIES, type Finding } from '../model';
import type { CheckReport } from './check-report';
import type { Palette } from './colour';
import { printable } from './printable';

/** The widest severity, so that what follows stands in one column. */
const WIDTH = Math.max(...SEVERITIES.map(({ length }) => length));

/** The findings for a person, grouped by object, then a line that counts. */
export function checkConsole(report: CheckReport, palette: Palette): string {
  const lines = findingLines(report.findings, palette);
  return [...lines, ...(lines.length > 0 ? [''] : []), ...summaryLines(report)].join('\n');
}

/** The findings for a person, grouped by object. */
export function findingLines(findings: readonly Finding[], palette: Palette): readonly string[] {
  const lines: string[] = [];
  let last: Finding | undefined;
  for (const finding of findings) {
    if (last === undefined || !sameObject(last, finding))
      lines.push(...heading(finding, palette, lines.length > 0));
    lines.push(...block(finding, palette));
    last = finding;
  }
  return lines;
}

function sameObject(a: Finding, b: Finding): boolean {
  return (
    a.source === b.source &&
    a.resource.name === b.resource.name &&
    a.resource.kind === b.resource.kind &&
    a.resource.namespace === b.resource.namespace &&
    a.resource.apiVersion === b.resource.apiVersion
  );
}

function heading(finding: Finding, palette: Palette, isLater: boolean): readonly string[] {
  const title = `${palette.strong(printable(formatResource(finding.resource)))}  ${palette.faint(printable(finding.source))}`;
  return isLater ? ['', title] : [title];
}

function block(finding: Finding, palette: Palette): readonly string[] {
  const { severity, control, line, path, container, message, remediation, waiver } = finding;
  const word =
    finding.waiver === undefined
      ? palette.severity(severity, severity.padEnd(WIDTH))
      : 'waived'.padEnd(WIDTH);
  const place = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(path === '' ? [] : [path]),
    ...(container === undefined ? [] : [`container ${container}`]),
  ].join(', ');
  const where = place === '' ? '' : ` ${palette.faint(`(${printable(place)})`)}`;
  const indent = ' '.repeat(WIDTH + 4);
  return [
    `  ${word}  ${control}: ${printable(message)}${where}`,
    waiver === undefined
      ? `${indent}Fix: ${printable(remediation)}`
      : `${indent}Waiver: ${printable(waiver)}`,
  ];
}

function summaryLines({ summary }: CheckReport): readonly string[] {
  const { files, objects, findings, waived, notJudged, notJudgedKinds, problems } = summary;
  const numbers = [...SEVERITIES].reverse().map((severity) => `${findings[severity]} ${severity}`);
  const kinds = Object.entries(notJudgedKinds).sort(([, a], [, b]) => b - a);
  const named = kinds.slice(0, 3).map(([kind, count]) => `${count} ${printable(kind)}`);
  const others = kinds.length > named.length ? ['…'] : [];
  return [
    `${objects} objects in ${files} files: ${numbers.join(', ')}, ${waived} waived.`,
    ...(notJudged === 0
      ? []
      : [`Not judged, because no control is about their kind: ${[...named, ...others].join(', ')}.`]),
    ...(problems === 0 ? [] : [`${problems} inputs could not be read; see above.`]),
  ];
}
