import {
  keyOf,
  type AccessAnalysis,
  type AccessDifference,
  type AccessPath,
  type Right,
  type SubjectAccess,
} from '../authorization';
import type { Palette } from './colour';
import { printable } from './printable';

/** Who may do what, for a person: each subject with its rights, then the ways to cluster-admin. */
export function accessTable({ subjects, paths }: AccessAnalysis, palette: Palette): string {
  return [
    ...subjects.flatMap((one) => [...subjectLines(one, palette), '']),
    ...pathLines(paths, palette),
  ].join('\n');
}

function subjectLines({ subject, rights }: SubjectAccess, palette: Palette): readonly string[] {
  return [
    palette.strong(printable(keyOf(subject))),
    ...(rights.length === 0
      ? [`  ${palette.faint('nothing')}`]
      : rights.map((right) => rightLine(right, palette))),
  ];
}

function rightLine({ namespace, verbs, what, names, by }: Right, palette: Palette): string {
  const place = namespace === undefined ? 'everywhere' : `in ${namespace}`;
  const limited = names.length === 0 ? '' : ` named ${names.join(', ')}`;
  return `  ${printable(`${place}: ${verbs.join(', ')} ${what.join(', ')}${limited}`)}  ${palette.faint(printable(by))}`;
}

/** The ways to cluster-admin, step by step. */
export function pathLines(paths: readonly AccessPath[], palette: Palette): readonly string[] {
  if (paths.length === 0) return ['No way leads to cluster-admin.'];
  return [
    `${paths.length === 1 ? 'One way leads' : `${paths.length} ways lead`} to cluster-admin:`,
    ...paths.flatMap(({ subject, steps }) => [
      palette.severity('critical', printable(keyOf(subject))),
      ...steps.map(
        ({ title, to, because }) =>
          `  → ${printable(keyOf(to).trim())}: ${title}  ${palette.faint(printable(because))}`,
      ),
    ]),
  ];
}

/** What changes, for a pull request: new ways to cluster-admin first. It is plain text. */
export function accessDifferenceText(
  { gained, lost, opened, closed }: AccessDifference,
  palette: Palette,
): string {
  const section = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [`${title}:`, ...lines, ''];
  const single = (sign: string) => (one: { subject: string; right: string }) =>
    `  ${sign} ${printable(`${one.subject}: ${one.right}`)}`;
  const subjects = (paths: readonly AccessPath[]) =>
    paths.map(({ subject }) => `  - ${printable(keyOf(subject))}`);
  const lines = [
    ...(opened.length === 0
      ? []
      : ['This change opens ways to cluster-admin.', ...pathLines(opened, palette), '']),
    ...section('This change closes the way to cluster-admin of', subjects(closed)),
    ...section('This change gives', gained.map(single('+'))),
    ...section('This change takes away', lost.map(single('-'))),
  ];
  return lines.length === 0
    ? 'This change gives nothing and takes nothing away.'
    : lines.join('\n').trimEnd();
}
