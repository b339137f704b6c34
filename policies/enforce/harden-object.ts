import type { Manifest } from '../../constructs';
import { waiverCovers, type Waiver } from '../../model';
import type { Control } from '../control';
import { CONTAINERS } from '../elements';
import type { CompiledControl } from '../engine/compile';
import { decodeObject } from '../engine/decode';
import { at } from '../engine/paths';
import { podKindOf, type Example } from '../subjects';
import { judgesAlone, judgesPods } from '../variables';
import { onlyAdds } from './harden-diff';

/** An object after the remedy of one control. */
export interface HardeningStep {
  readonly control: Control;
  readonly before: Manifest;
  readonly after: Manifest;
}

/**
 * Fills in what an object leaves out and the controls demand. What somebody wrote stays as it is, and so does what a waiver
 * covers, whatever its day: the day decides whether the object is admitted, never what is written.
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
  controls: readonly CompiledControl[],
  waivers: readonly Waiver[],
): readonly HardeningStep[] {
  const remedied = controls.filter(
    (compiled) =>
      compiled.control.remediate !== undefined &&
      compiled.control.absence !== 'ask' &&
      judgesAlone(compiled.control) &&
      compiled.judges(manifest),
  );
  if (remedied.length === 0 || decodeObject(manifest).problems.length > 0) return [];
  const steps: HardeningStep[] = [];
  let current = manifest;
  for (const compiled of remedied) {
    const broken = compiled.judge(judged).filter(({ undetermined }) => undetermined !== true);
    if (broken.length === 0) continue;
    const isWaived = waived(compiled.control, manifest, waivers);
    const after = broken.every(({ container }) => isWaived(container))
      ? current
      : remedy(compiled.control, current, isWaived);
    if (after !== current) steps.push({ control: compiled.control, before: current, after });
    current = after;
  }
  return steps;
}

/** Whether a waiver covers what a container, or the object, breaks of a control. */
type IsWaived = (container?: string) => boolean;

function waived({ id }: Control, { kind, metadata }: Manifest, waivers: readonly Waiver[]): IsWaived {
  const resource = { kind, namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
  return (container) => waivers.some((waiver) => waiverCovers(waiver, id, resource, container));
}

function remedy(control: Control, manifest: Manifest, isWaived: IsWaived): Manifest {
  const remediate = control.remediate!;
  if (!judgesPods(control)) {
    const after = remediate(manifest) as Manifest;
    return onlyAdds(manifest, after) ? after : manifest;
  }
  const path = [...podKindOf(manifest)!.pod, 'spec'];
  const pod = at(manifest, path) as Example;
  const after = acceptable(pod, remediate(pod), isWaived);
  return onlyAdds(after, pod) ? manifest : (replaceAt(manifest, path, after) as Manifest);
}

/** Of a remedied pod the parts that only got something added. */
function acceptable(before: Example, after: Example, isWaived: IsWaived): Example {
  const lists = CONTAINERS.lists.filter((list) => Array.isArray(before[list]));
  let left = false;
  const containers = lists.map((list) => {
    const remedied = after[list] as readonly Example[];
    return (before[list] as readonly Example[]).map((container, index) => {
      const isKept = isWaived(container.name as string) || !onlyAdds(container, remedied[index]);
      left ||= isKept;
      return isKept ? container : remedied[index]!;
    });
  });
  const ofContainers = Object.fromEntries(lists.map((list, index) => [list, containers[index]]));
  const rest = { ...after, ...Object.fromEntries(lists.map((list) => [list, before[list]])) };
  return { ...(!left && onlyAdds(before, rest) ? after : before), ...ofContainers };
}

function replaceAt(value: unknown, path: readonly string[], inner: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return inner;
  const holder = value as Readonly<Record<string, unknown>>;
  return { ...holder, [key]: replaceAt(holder[key], rest, inner) };
}
