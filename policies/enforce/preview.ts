/**
 * The controls as a CrossGuard policy pack, for `pulumi preview --policy-pack`. The only file that imports
 * `@pulumi/policy`: who does not use the pack need not install it.
 */
import {
  PolicyPack,
  type PolicyResource,
  type ReportViolation,
  type ResourceRemediation,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from '@pulumi/policy';
import { RBAC } from '../../authorization';
import type { Manifest } from '../../constructs';
import { formatResource, waiverProblems, type AccessBaseline, type Finding, type Waiver } from '../../model';
import { judgeAccess } from '../access-paths';
import type { Control } from '../control';
import { CONTROLS } from '../controls';
import { compileControls, type CompiledControl } from '../engine/compile';
import { UNKNOWN } from '../engine/cel/fault';
import { podKindOf, type Example } from '../subjects';
import { judgesAlone, judgesPods } from '../variables';
import { companionIndex, findingsOf, type CheckedObject, type CompanionIndex } from './check';
import { changeInPlace, holds, objectsOfResource } from './preview-object';
import { waivable } from './waivable';
import { applyWaivers } from './waivers';

/** Settings of the pack. */
export interface PreviewPackOptions {
  /**
   * The controls to enforce.
   *
   * @default - all of keelson's
   */
  readonly controls?: readonly Control[];
  /**
   * What is relaxed.
   *
   * @default - nothing
   */
  readonly waivers?: readonly Waiver[];
  /**
   * The ways to cluster-admin that are accepted.
   *
   * @default - none
   */
  readonly access?: AccessBaseline;
  /**
   * The moment by which waivers expire.
   *
   * @default - when the pack is made
   */
  readonly now?: Date;
}

const NONE: CompanionIndex = new Map();

/** What of a resource the pack looks at. */
type Resource = Pick<PolicyResource, 'type' | 'props' | 'urn'>;

/**
 * Serves the pack: one mandatory policy for each control, named by its id, and three more. `undetermined` tells, as advice,
 * each field that a control looks at and whose value is not known before the update: it is judged then. `waivers` refuses a
 * stack with waivers that are expired or unowned, `access` one in which somebody gets to cluster-admin.
 *
 * A control with a remediation applies it where the policy's enforcement level is set to `remediate`.
 */
export function servePreviewPack(options: PreviewPackOptions = {}): PolicyPack {
  const { controls = CONTROLS, waivers = [], access, now = new Date() } = options;
  const compiled = compileControls(controls);
  const judge = (control: CompiledControl, object: CheckedObject, companions: CompanionIndex) =>
    applyWaivers(findingsOf(control, object, companions), waivers, now).filter(
      ({ waiver }) => waiver === undefined,
    );
  const alone = compiled.filter(({ control }) => judgesAlone(control));
  const together = compiled.filter(({ control }) => !judgesAlone(control));
  return new PolicyPack('keelson', {
    enforcementLevel: 'mandatory',
    policies: [
      ...alone.map((each) => resourcePolicy(each, (object) => judge(each, object, NONE))),
      ...together.map((each) => stackPolicy(each, (object, all) => judge(each, object, all))),
      undetermined(alone, (each, object) => judge(each, object, NONE)),
      waiverPolicy(waivers, controls, now),
      accessPolicy(access),
    ],
  });
}

function resourcePolicy(
  { control }: CompiledControl,
  judge: (object: CheckedObject) => readonly Finding[],
): ResourceValidationPolicy {
  return {
    ...described(control),
    validateResource: (resource, report) => {
      for (const object of objectsOf(resource)) tell(judge(object), report, false);
    },
    ...(control.remediate === undefined ? {} : { remediateResource: remediation(control, judge) }),
  };
}

/** For controls that need more than one object: they see the stack as a whole. */
function stackPolicy(
  { control }: CompiledControl,
  judge: (object: CheckedObject, companions: CompanionIndex) => readonly Finding[],
): StackValidationPolicy {
  return {
    ...described(control),
    validateStack: ({ resources }, report) => {
      const all = resources.flatMap(objectsOf);
      const companions = companionIndex(all);
      for (const object of all) tell(judge(object, companions), report, false, object.source);
    },
  };
}

function undetermined(
  controls: readonly CompiledControl[],
  judge: (control: CompiledControl, object: CheckedObject) => readonly Finding[],
): ResourceValidationPolicy {
  return {
    name: 'undetermined',
    description: 'Every field that a control looks at is known before the update',
    enforcementLevel: 'advisory',
    validateResource: (resource, report) => {
      const { unseen } = objectsOfResource(resource.type, resource.props, UNKNOWN);
      if (unseen !== undefined) report(`undetermined: ${unseen}; the API server judges them.`);
      for (const object of objectsOf(resource)) {
        for (const control of controls) tell(judge(control, object), report, true);
      }
    },
  };
}

function waiverPolicy(
  waivers: readonly Waiver[],
  controls: readonly Control[],
  now: Date,
): StackValidationPolicy {
  return {
    name: 'waivers',
    description: 'Every waiver has an owner, a reason and a day that has not passed',
    enforcementLevel: 'mandatory',
    validateStack: (_stack, report) => {
      for (const { where, message, fix } of waiverProblems(waivers, waivable(controls), now)) {
        report(`${where}: ${message} ${fix}`);
      }
    },
  };
}

function accessPolicy(baseline: AccessBaseline | undefined): StackValidationPolicy {
  return {
    name: 'access',
    description: 'Nobody gets to cluster-admin but administrators and who is accepted',
    enforcementLevel: 'mandatory',
    validateStack: ({ resources }, report) => {
      const all = resources.flatMap(objectsOf);
      const told = all.filter(({ manifest }) => !holds(accessPartOf(manifest), UNKNOWN));
      for (const { code, where, message, fix } of judgeAccess(told, baseline)) {
        // A way that is not there may be one over what is not known yet.
        if (code === 'access/baseline' && told.length < all.length) continue;
        report(`${where}: ${message} ${fix}`);
      }
    },
  };
}

/** What decides who may do what: all of a role or a binding; of others their place. */
function accessPartOf(manifest: Manifest): unknown {
  return manifest.apiVersion.startsWith(`${RBAC}/`) ? manifest : manifest.metadata;
}

function described(control: Control) {
  return {
    name: control.id,
    description: control.title,
    displayName: control.title,
    enforcementLevel: 'mandatory' as const,
    severity: control.severity,
    remediationSteps: control.remediation,
    tags: [...control.mappings.recommendations],
  };
}

function objectsOf({ type, props, urn }: Resource): readonly CheckedObject[] {
  return objectsOfResource(type, props, UNKNOWN).objects.map((manifest) => ({ manifest, source: urn }));
}

/** Reports the findings that are certain, or those that cannot be judged yet. */
function tell(findings: readonly Finding[], report: ReportViolation, unknown: boolean, urn?: string): void {
  for (const finding of findings) {
    if ((finding.undetermined === true) !== unknown) continue;
    const { control, resource, path, message, remediation } = finding;
    report(
      unknown
        ? `${control}: undetermined: ${path} of ${formatResource(resource)} is not known before the update; it is judged then.`
        : `${formatResource(resource)}: ${path}: ${message} ${remediation}`,
      urn,
    );
  }
}

/** Corrects what breaks the control for certain and is not waived; leaves alone everything else. */
function remediation(
  control: Control,
  judge: (object: CheckedObject) => readonly Finding[],
): ResourceRemediation {
  return ({ type, props, urn }) => {
    const { objects } = objectsOfResource(type, props, UNKNOWN);
    const [manifest] = objects;
    if (manifest === undefined || objects.length > 1) return undefined;
    const findings = judge({ manifest, source: urn });
    if (findings.every(({ undetermined }) => undetermined)) return undefined;
    const podKind = judgesPods(control) ? podKindOf(manifest) : undefined;
    const path = podKind === undefined ? [] : [...podKind.pod, 'spec'];
    const at = (root: unknown): unknown =>
      path.reduce((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], root);
    const before = at(manifest) as Example | undefined;
    // A value that is not known yet could end up elsewhere than it stood.
    if (before === undefined || holds(before, UNKNOWN)) return undefined;
    changeInPlace(at(props), before, control.remediate!(before));
    return props;
  };
}
