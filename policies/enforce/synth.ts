import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Posture, type Manifest, type RenderedApp, type RenderedObject } from '../../constructs';
import {
  formatResource,
  throwIfAny,
  type Finding,
  type ImageLock,
  type Problem,
  type Waiver,
} from '../../model';
import { UNKNOWN } from '../engine/cel/fault';
import { imagesOf } from './app-images';
import { appWaiverProblems, waiversOf } from './app-waivers';
import { checkObjects, invalidFields } from './check';
import { refusedByNamespace } from './pod-security-conflicts';
import { checkByPosture } from './posture-controls';
import { unfitImages } from './unfit-images';
import { applyWaivers, broadWaivers, unmatchedWaivers } from './waivers';

/** What relaxes the controls at synth. */
export interface SynthOptions {
  /**
   * What is relaxed.
   *
   * @default - the waivers of the app
   */
  readonly waivers?: readonly Waiver[];
  /** The moment by which waivers expire. */
  readonly now: Date;
  /**
   * What is known of images.
   *
   * @default - what the app knows of them
   */
  readonly images?: ImageLock;
}

/**
 * Refuses an app that breaks a control of its posture without a waiver, one whose waivers are expired, unowned, too broad, too
 * long or for nothing, and one with images that do not fit their workloads.
 *
 * @returns the findings that cannot be judged yet, because they depend on the value of a Pulumi `Output`: preview and the
 *   API server judge them
 * @throws KeelsonError with every finding and every waiver that is wrong
 */
export function enforceAtSynth(app: RenderedApp, options: SynthOptions): readonly Finding[] {
  if (app.objects.length === 0) return [];
  const { root } = app.objects[0]!.construct.node;
  const { waivers = waiversOf(root), images = imagesOf(root), now } = options;
  const objects = app.objects.map((object) => ({
    manifest: judgedManifest(object),
    source: object.path,
    posture: Posture.of(object.construct),
  }));
  const findings = applyWaivers(checkByPosture(objects), waivers, now);
  throwIfAny([
    ...appWaiverProblems(root, app, waivers, now),
    ...unmatchedWaivers(waivers, findings),
    ...broadWaivers(waivers, findings, objects),
    ...refusedByNamespace(findings, objects),
    ...invalidFields(objects),
    ...findings
      .filter(({ waiver, undetermined }) => waiver === undefined && !undetermined)
      .map(findingProblem),
    ...(images === undefined ? [] : unfitImages(objects, images, findings)),
  ]);
  return findings.filter(({ undetermined }) => undetermined);
}

/** The object with what only Pulumi knows marked as unknown. */
function judgedManifest({ manifest, outputs }: RenderedObject): Manifest {
  if (outputs.size === 0) return manifest;
  const marked = (value: unknown): unknown => {
    if (typeof value === 'string') return outputs.has(value) ? UNKNOWN : value;
    if (Array.isArray(value)) return value.map(marked);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marked(inner)]));
  };
  return marked(manifest) as Manifest;
}

/** Makes stock cdk8s (`app.synth()`) check everything below a construct, too. Waivers count as in `enforceAtSynth`. */
export function addPolicyValidation(
  scope: IConstruct,
  { waivers = [], now }: Omit<SynthOptions, 'images'>,
): void {
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
