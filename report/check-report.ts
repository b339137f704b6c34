import { SEVERITIES, type Finding, type Problem, type Severity } from '../model';
import type { Control } from '../policies';

/** What was checked, in numbers. */
export interface CheckSummary {
  /** Files that were opened. */
  readonly files: number;
  /** Kubernetes objects that were found. */
  readonly objects: number;
  /** Objects of kinds that no control judges. */
  readonly notJudged: number;
  /** How many of them there were of each kind, by `apiVersion/kind`. */
  readonly notJudgedKinds: Readonly<Record<string, number>>;
  /** Controls that judged. */
  readonly controls: number;
  /** Findings that no waiver allows and whose value is known, by severity. */
  readonly findings: Readonly<Record<Severity, number>>;
  /** Findings that a waiver allows. */
  readonly waived: number;
  /** Inputs that could not be read or judged. */
  readonly problems: number;
  /** The least severity that fails the check. */
  readonly failOn: Severity;
}

/** The one list that every format is rendered from. */
export interface CheckReport {
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  /** The controls that judged. */
  readonly controls: readonly Control[];
  readonly summary: CheckSummary;
}

/** Whether a finding counts: it is certain, and nobody waived it. */
export function counts(finding: Finding): boolean {
  return finding.waiver === undefined && finding.undetermined !== true;
}

/** How many findings that count there are of each severity. */
export function bySeverity(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const numbers: Record<Severity, number> = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const finding of findings) if (counts(finding)) numbers[finding.severity]++;
  return numbers;
}

/** Whether a report has findings that count, of the severity that fails it or worse. */
export function fails({ summary }: Pick<CheckReport, 'summary'>): boolean {
  return SEVERITIES.slice(SEVERITIES.indexOf(summary.failOn)).some(
    (severity) => summary.findings[severity] > 0,
  );
}
