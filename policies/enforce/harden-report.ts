import type { Manifest } from '../../constructs';
import {
  formatResource,
  oneLine,
  type Finding,
  type ResourceRef,
  type Waiver,
  waiverCovers,
} from '../../model';
import type { Control } from '../control';
import type { Cause } from './harden-posture';
import { resourceOf } from './check';
import { fieldChanges, type FieldChange } from './harden-diff';
import type { HardeningStep } from './harden-object';

/** A field that hardening filled in. */
export interface HardeningChange extends FieldChange {
  readonly resource: ResourceRef;
  /** Where the object was declared: a construct path, or a file. */
  readonly source: string;
  /** Id of the control, or `posture.SETTING`, that wanted it; absent where a JSON patch moved the field to another place. */
  readonly control?: string;
  /** What must hold, in one line: the title of the control. */
  readonly reason?: string;
  /** What may stop working. */
  readonly risk?: string;
}

/** What an object breaks after hardening, so that a person has to decide. */
export interface HardeningDecision extends Finding {
  /** Why it was not changed. */
  readonly why: string;
}

/**
 * What the steps changed in an object.
 *
 * @param before the object without them
 * @param after the object as it is written
 */
export function changesOf(
  steps: readonly HardeningStep[],
  before: Manifest,
  after: Manifest,
  source: string,
): readonly HardeningChange[] {
  const controls = new Map<string, Cause>();
  for (const step of steps)
    for (const { path } of fieldChanges(step.before, step.after)) controls.set(path, step.control);
  const resource = resourceOf(after);
  return fieldChanges(before, after).map((change) => {
    const control = controls.get(change.path);
    const because = control && { control: control.id, reason: control.title, risk: control.risk! };
    return { ...change, resource, source, ...because };
  });
}

/** The findings that no waiver covers, with why nothing was done about them. */
export function decisionsOf(
  findings: readonly Finding[],
  controls: readonly Control[],
  waivers: readonly Waiver[],
): readonly HardeningDecision[] {
  const byId = new Map(controls.map((control) => [control.id, control]));
  return findings
    .filter(({ undetermined }) => undetermined !== true)
    .filter(
      ({ control, resource, container }) =>
        !waivers.some((waiver) => waiverCovers(waiver, control, resource, container)),
    )
    .map((finding) => ({ ...finding, why: whyNot(byId.get(finding.control)!) }));
}

function whyNot({ remediate, absence, risk }: Control): string {
  if (remediate === undefined) return 'Only a person can tell what is right here.';
  return absence === 'ask'
    ? `The object does not tell whether it can do without. ${risk}`
    : `It would contradict what somebody wrote there or beside it. ${risk}`;
}

/**
 * Changes and decisions for a person: for each object what was there (-), what is there now (+) and why, then what is left to
 * decide (!). Control characters are shown as escapes.
 */
export function hardeningText(
  changes: readonly HardeningChange[],
  decisions: readonly HardeningDecision[],
): string {
  const objects = new Map<string, string[]>();
  const linesOf = ({ resource, source }: HardeningChange | HardeningDecision): string[] => {
    const title = `${formatResource(resource)} (${source})`;
    const lines = objects.get(title) ?? [];
    objects.set(title, lines);
    return lines;
  };
  for (const change of changes) linesOf(change).push(...changeLines(change));
  for (const decision of decisions) linesOf(decision).push(...decisionLines(decision));
  return [...objects]
    .flatMap(([title, lines]) => [`--- ${title}`, `+++ ${title}, hardened`, ...lines])
    .map((line) => `${oneLine(line)}\n`)
    .join('');
}

function changeLines(change: HardeningChange): readonly string[] {
  const why = change.control === undefined ? '' : ` ${change.control}: ${change.reason}. ${change.risk}`;
  return [
    `@@ ${change.path} @@${why}`,
    ...('before' in change ? [`-${JSON.stringify(change.before)}`] : []),
    ...('after' in change ? [`+${JSON.stringify(change.after)}`] : []),
  ];
}

function decisionLines(decision: HardeningDecision): readonly string[] {
  const { control, severity, container, path, message, remediation, why } = decision;
  const place = container === undefined ? path : `${path} (container ${container})`;
  return [`! ${control} (${severity}) ${place}: ${message}`, `!   ${remediation} ${why}`];
}
