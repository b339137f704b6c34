import type { Finding } from '../model';
import type { CheckReport } from './check-report';

/** The findings for a program; `docs/check.md` describes the shape. What is absent is null. */
export function checkJson({ summary, findings, problems }: CheckReport): string {
  return JSON.stringify({ summary, findings: findings.map(findingJson), problems }, null, 2);
}

function findingJson(finding: Finding): Readonly<Record<string, unknown>> {
  const { control, recommendations, severity, resource, container, path, message, remediation } = finding;
  const { apiVersion, kind, namespace, name } = resource;
  return {
    control,
    recommendations,
    severity,
    resource: { apiVersion, kind, namespace: namespace === '' ? null : namespace, name },
    ...(container === undefined ? {} : { container }),
    path,
    message,
    remediation,
    file: isFile(finding.source) ? finding.source : null,
    line: finding.line ?? null,
    waiver: finding.waiver ?? null,
    ...(finding.undetermined === true ? { undetermined: true } : {}),
  };
}

/** Whether findings come from a file; those of a live cluster have a URL as their source. */
export function isFile(source: string): boolean {
  return !source.startsWith('https://');
}
