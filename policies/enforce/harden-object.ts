import type { Manifest } from '../../constructs';
import { canonicalJson } from '../../constructs/render/digest';
import { waiverCovers, type PostureSettings, type Problem, type Waiver } from '../../model';
import type { Control } from '../control';
import { CONTROLS } from '../controls';
import { CONTAINERS } from '../elements';
import type { CompiledControl } from '../engine/compile';
import { decodeObject } from '../engine/decode';
import { at } from '../engine/paths';
import { decoderOf } from '../engine/schema/decoder';
import { podKindOf, type Example } from '../subjects';
import { judgesPods } from '../variables';
import { onlyAdds } from './harden-diff';
import { postureFills, type Cause } from './harden-posture';

/** An object after the remedy of one control, or with one setting of the posture. */
export interface HardeningStep {
  readonly control: Cause;
  readonly before: Manifest;
  readonly after: Manifest;
}

/** How objects are hardened. */
export interface HardeningRules {
  readonly controls: readonly CompiledControl[];
  /** What pods get that say nothing of it, beyond what controls demand. */
  readonly posture: PostureSettings;
  /** What they cover is left, whatever its day: the day decides whether an object is admitted, never what is written. */
  readonly waivers: readonly Waiver[];
  /** Ids of the controls whose remedy is applied as a whole, because a person said so. */
  readonly decided: readonly string[];
}

/** What is wrong with a list of decided controls. */
export function decidedProblems(decided: readonly string[], where: string): readonly Problem[] {
  return decided
    .filter((id) => !CONTROLS.some((control) => control.id === id && control.remediate !== undefined))
    .map((id) => ({
      code: 'policy/load' as const,
      where,
      message: `There is no control "${id}" with a remedy.`,
      fix: 'Name one of those in docs/harden.md.',
    }));
}

/**
 * Fills in what an object leaves out and the controls demand. What somebody wrote stays as it is, unless a person decided
 * that it is to be put right.
 *
 * A container is one part of its pod, and all the rest of the pod another: each control changes a part as a whole, or leaves it.
 * What the pod says counts for its containers, so that it is left too where a control leaves one of them.
 *
 * @param manifest the object as it is written
 * @param judged the same with what is not known yet marked as `UNKNOWN`
 * @returns the steps in which it changed; none where it is no object that the API takes
 */
export function hardenObject(
  manifest: Manifest,
  judged: Manifest,
  { controls, posture, waivers, decided }: HardeningRules,
): readonly HardeningStep[] {
  const isDecided = ({ control }: CompiledControl): boolean => decided.includes(control.id);
  const remedied = controls.filter(
    (compiled) =>
      compiled.control.remediate !== undefined &&
      (compiled.control.absence !== 'ask' || isDecided(compiled)) &&
      compiled.judges(manifest),
  );
  if (remedied.length === 0 || !isReadable(manifest)) return [];
  const isWaived = waivedIn(manifest, waivers);
  const brokenBy = ({ control, judge }: CompiledControl): readonly (string | undefined)[] =>
    judge(judged)
      .filter(({ undetermined }) => undetermined !== true)
      .map(({ container }) => container)
      .filter((container) => !isWaived(control, container));
  const privileged = new Set(
    controls.filter((compiled) => isBaseline(compiled.control) && !isDecided(compiled)).flatMap(brokenBy),
  );
  const steps: HardeningStep[] = [];
  let current = manifest;
  const apply = (compiled: CompiledControl, mayContradict: boolean, isLeft: IsLeft): void => {
    const { control } = compiled;
    if (brokenBy(compiled).length === 0) return;
    const after = remedy(control, current, mayContradict, (part) => isLeft(part) || isWaived(control, part));
    if (after !== current) steps.push({ control, before: current, after });
    current = after;
  };
  for (const compiled of remedied.filter(isDecided)) apply(compiled, true, () => false);
  if (privileged.has(undefined)) return steps;
  for (const compiled of remedied.filter((one) => !isDecided(one)))
    apply(compiled, false, (container) => privileged.has(container));
  return privileged.size > 0 ? steps : [...steps, ...withPosture(current, posture)];
}

/** What the posture adds to the pod of an object. */
function withPosture(manifest: Manifest, posture: PostureSettings): readonly HardeningStep[] {
  const podKind = podKindOf(manifest);
  if (podKind === undefined) return [];
  const path = [...podKind.pod, 'spec'];
  const pod = at(manifest, path) as Example | null | undefined;
  if (pod === undefined || pod === null) return [];
  let before = manifest;
  return postureFills(pod, posture).map((filled) => {
    const after = replaceAt(before, path, filled.pod) as Manifest;
    const step = { control: filled.cause, before, after };
    before = after;
    return step;
  });
}

/** Whether an object is of a version that is known, and all its fields of the types that the API takes. */
function isReadable(manifest: Manifest): boolean {
  return (
    decoderOf(manifest.apiVersion, manifest.kind) !== undefined &&
    decodeObject(manifest).problems.length === 0 &&
    !hasHole(manifest)
  );
}

/** Whether a list has null for an element, which the API reads as an empty one. */
function hasHole(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((element) => element === null || hasHole(element));
  return value !== null && typeof value === 'object' && Object.values(value).some(hasHole);
}

/**
 * Who breaks a control of this level asks for privileges in so many words, and needs them. What else such a container, or pod,
 * leaves out may be what makes it run: a person decides, and a waiver says so.
 */
function isBaseline({ mappings }: Control): boolean {
  return mappings.pss?.level === 'baseline';
}

/** Whether a waiver covers what a container, or the object, breaks of a control. */
function waivedIn({ kind, metadata }: Manifest, waivers: readonly Waiver[]) {
  const resource = { kind, namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
  return ({ id }: Control, container: string | undefined): boolean =>
    waivers.some((waiver) => waiverCovers(waiver, id, resource, container));
}

type IsLeft = (container: string) => boolean;

function remedy(control: Control, manifest: Manifest, mayContradict: boolean, isLeft: IsLeft): Manifest {
  const remediate = control.remediate!;
  const isRight = mayContradict ? () => true : onlyAdds;
  if (!judgesPods(control)) {
    const after = remediate(manifest) as Manifest;
    return isRight(manifest, after) ? after : manifest;
  }
  const path = [...podKindOf(manifest)!.pod, 'spec'];
  const pod = at(manifest, path) as Example | null | undefined;
  if (pod === undefined || pod === null) return manifest;
  const after = acceptable(pod, remediate(pod), isRight, isLeft);
  return isEqual(pod, after) ? manifest : (replaceAt(manifest, path, after) as Manifest);
}

function isEqual(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

/** Of a remedied pod the parts that may be as they became. */
function acceptable(before: Example, after: Example, isRight: typeof onlyAdds, isLeft: IsLeft): Example {
  const lists = CONTAINERS.lists.filter((list) => Array.isArray(before[list]));
  let left = false;
  const containers = lists.map((list) => {
    const remedied = after[list] as readonly Example[];
    return (before[list] as readonly Example[]).map((container, index) => {
      const isKept = isLeft(container.name as string) || !isRight(container, remedied[index]);
      left ||= isKept;
      return isKept ? container : remedied[index]!;
    });
  });
  const ofContainers = Object.fromEntries(lists.map((list, index) => [list, containers[index]]));
  const rest = { ...after, ...Object.fromEntries(lists.map((list) => [list, before[list]])) };
  return { ...(!left && isRight(before, rest) ? after : before), ...ofContainers };
}

function replaceAt(value: unknown, path: readonly string[], inner: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return inner;
  const holder = value as Readonly<Record<string, unknown>>;
  return { ...holder, [key]: replaceAt(holder[key], rest, inner) };
}
