import { releaseOf, releaseTable, supportOf, type Finding, type Severity } from '../model';

/** Something that is written for, or runs, a minor release of Kubernetes. */
export interface ReleaseUse {
  /** For example `1.37`. */
  readonly minor: string;
  /** Construct path of what uses it. */
  readonly source: string;
}

/** What is told of the releases in use. */
export interface ReleaseVerdict {
  /** A release that gets no fixes any more, or is not known, once each. */
  readonly findings: readonly Finding[];
  /** Releases that end soon, a sentence each. */
  readonly warnings: readonly string[];
}

/** What has to hold of every release in use; waived, for a kind `KubernetesRelease` named like `1.34`, as a control is. Source: UPG-1. */
export const RELEASE_SUPPORTED = {
  id: 'release-supported',
  title: 'Releases of Kubernetes that are in use get fixes',
  severity: 'high' as Severity,
  remediation: 'Upgrade, one minor release at a time, to one that is supported.',
};

/**
 * Judges releases by the day: past its end a release breaks the check, in its last 90 days it is warned of.
 *
 * @param uses of releases, in an order that stays: the first use of a release is named
 * @param now the moment that counts
 */
export function judgeReleases(uses: readonly ReleaseUse[], now: Date): ReleaseVerdict {
  const first = new Map([...uses].reverse().map((use) => [use.minor, use]));
  const findings: Finding[] = [];
  const warnings: string[] = [];
  for (const { minor, source } of [...first.values()].reverse()) {
    const support = supportOf(minor, now);
    const end = releaseOf(minor)?.endOfLife;
    if (support === 'ending')
      warnings.push(
        `${source}: Kubernetes ${minor} gets no fixes after ${end}. ${RELEASE_SUPPORTED.remediation}`,
      );
    if (support === 'ended')
      findings.push(finding(minor, source, `Kubernetes ${minor} gets no fixes since ${end}.`));
    if (support === 'unknown')
      findings.push(
        finding(
          minor,
          source,
          `Kubernetes ${minor} is not in the table of releases of ${releaseTable().date}.`,
        ),
      );
  }
  return { findings, warnings };
}

function finding(minor: string, source: string, message: string): Finding {
  const { id, severity, remediation } = RELEASE_SUPPORTED;
  return {
    control: id,
    severity,
    remediation,
    recommendations: ['UPG-1'],
    resource: { apiVersion: '', kind: 'KubernetesRelease', namespace: '', name: minor },
    source,
    path: 'kubernetes',
    message,
  };
}
