import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Manifest, RenderedApp } from '../../constructs';
import { formatResource, throwIfAny, type Finding, type Problem } from '../../model';
import { checkObjects } from './check';

/**
 * Refuses an app that breaks a control.
 *
 * @throws KeelsonError with every finding
 */
export function enforceAtSynth(app: RenderedApp): void {
  const findings = checkObjects(app.objects.map(({ manifest, path }) => ({ manifest, source: path })));
  throwIfAny(findings.map(findingProblem));
}

/** Makes stock cdk8s (`app.synth()`) check everything below a construct, too. */
export function addPolicyValidation(scope: IConstruct): void {
  scope.node.addValidation({
    validate: () => {
      const objects = scope.node.findAll().filter((construct) => construct instanceof ApiObject);
      const checked = objects.map((object) => ({
        manifest: object.toJson() as Manifest,
        source: object.node.path,
      }));
      return checkObjects(checked).map((finding) => {
        const { message, fix, where } = findingProblem(finding);
        return `${where}: ${message} ${fix}`;
      });
    },
  });
}

/** A finding as a problem that stops synth. */
export function findingProblem(finding: Finding): Problem {
  return {
    code: 'policy/violation',
    where: finding.source,
    message: `${formatResource(finding.resource)} breaks ${finding.control}: ${finding.message}`,
    fix: finding.remediation,
  };
}
