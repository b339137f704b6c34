import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Manifest, RenderedApp } from '../../constructs';
import {
  formatResource,
  throwIfAny,
  waiverProblems,
  type Finding,
  type Problem,
  type Waiver,
} from '../../model';
import { CONTROLS } from '../controls';
import { checkObjects } from './check';
import { applyWaivers, unmatchedWaivers } from './waivers';

/** What relaxes the controls at synth. */
export interface SynthOptions {
  /**
   * The waivers of the app.
   *
   * @default - none
   */
  readonly waivers?: readonly Waiver[];
  /** The moment by which waivers expire. */
  readonly now: Date;
}

/**
 * Refuses an app that breaks a control without a waiver, and one whose waivers are expired, unowned or for nothing.
 *
 * @throws KeelsonError with every finding and every waiver that is wrong
 */
export function enforceAtSynth(app: RenderedApp, { waivers = [], now }: SynthOptions): void {
  const objects = app.objects.map(({ manifest, path }) => ({ manifest, source: path }));
  const findings = applyWaivers(checkObjects(objects), waivers, now);
  throwIfAny([
    ...waiverProblems(
      waivers,
      CONTROLS.map(({ id }) => id),
      now,
    ),
    ...unmatchedWaivers(waivers, findings),
    ...findings.filter(({ waiver }) => waiver === undefined).map(findingProblem),
  ]);
}

/** Makes stock cdk8s (`app.synth()`) check everything below a construct, too. Waivers count as in `enforceAtSynth`. */
export function addPolicyValidation(scope: IConstruct, { waivers = [], now }: SynthOptions): void {
  scope.node.addValidation({
    validate: () => {
      const objects = scope.node.findAll().filter((construct) => construct instanceof ApiObject);
      const checked = objects.map((object) => ({
        manifest: object.toJson() as Manifest,
        source: object.node.path,
      }));
      return applyWaivers(checkObjects(checked), waivers, now)
        .filter(({ waiver }) => waiver === undefined)
        .map((finding) => {
          const { message, fix, where } = findingProblem(finding);
          return `${where}: ${message} ${fix}`;
        });
    },
  });
}

/** A finding as a problem that stops synth. */
export function findingProblem(finding: Finding): Problem {
  const container = finding.container === undefined ? '' : ` container ${finding.container}`;
  return {
    code: 'policy/violation',
    where: finding.source,
    message: `${formatResource(finding.resource)}${container} breaks ${finding.control}: ${finding.message}`,
    fix: finding.remediation,
  };
}
