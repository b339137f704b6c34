import type { Manifest } from '../../constructs';
import type { Finding, ResourceRef } from '../../model';
import type { Control } from '../control';
import { CONTROLS } from '../controls';
import { compileControls, judgesFor, type CompiledControl, type Violation } from '../engine/compile';
import { isOfKind } from '../kinds';
import { judgesAlone } from '../variables';

/** An object to check, and where it was declared. */
export interface CheckedObject {
  readonly manifest: Manifest;
  /** Construct path, or file: the place that findings name. */
  readonly source: string;
  /**
   * The line of `source` on which a field of the object stands, or what is nearest above it; asked for findings only.
   *
   * @default - findings have no line
   */
  readonly lineOf?: (path: string) => number;
}

let compiledDefaults: readonly CompiledControl[] | undefined;

/**
 * Checks objects against the controls; the same verdict as the API server's, without one. It is stricter in one place:
 * the API server leaves the system's own namespace alone, and this does not.
 *
 * @param objects what to check; controls that need companions look for them among these
 * @param controls which controls; all of keelson's where left out
 * @returns what is broken, in the order of the objects
 */
export function checkObjects(
  objects: Iterable<CheckedObject>,
  controls?: readonly Control[],
): readonly Finding[] {
  return judgeObjects(
    objects,
    controls === undefined
      ? (compiledDefaults ??= compileControls(CONTROLS, { lazily: true }))
      : compileControls(controls),
  );
}

/** What objects break of controls that are compiled already; otherwise like `checkObjects`. */
export function judgeObjects(
  objects: Iterable<CheckedObject>,
  compiled: readonly CompiledControl[],
): readonly Finding[] {
  const judging = judgesFor(compiled);
  const companionKinds = [...new Set(compiled.flatMap(({ control }) => control.companions ?? []))];
  // Only what has to wait for all the others is kept until then, and where its findings belong.
  const companions: CheckedObject[] = [];
  const waiting: { readonly object: CheckedObject; readonly at: number }[] = [];
  const findings: Finding[] = [];
  for (const object of objects) {
    const controls = judging(object.manifest);
    if (companionKinds.some((kind) => isOfKind(object.manifest, kind))) companions.push(object);
    if (controls.some(({ control }) => !judgesAlone(control))) waiting.push({ object, at: findings.length });
    else for (const control of controls) findings.push(...findingsOf(control, object, NO_COMPANIONS));
  }
  if (waiting.length === 0) return findings;
  const index = companionIndex(companions);
  let from = 0;
  return [
    ...waiting.flatMap(({ object, at }) => {
      const before = findings.slice(from, at);
      from = at;
      return [
        ...before,
        ...judging(object.manifest).flatMap((control) => findingsOf(control, object, index)),
      ];
    }),
    ...findings.slice(from),
  ];
}

/**
 * What one object breaks of one control.
 *
 * @param companions the objects of each namespace
 */
export function findingsOf(
  compiled: CompiledControl,
  { manifest, source, lineOf }: CheckedObject,
  companions: CompanionIndex,
): readonly Finding[] {
  const { control } = compiled;
  const beside = judgesAlone(control) ? NONE : companionsOf(control, manifest, companions);
  const violations = compiled.judge(manifest, beside);
  if (violations.length === 0) return NONE;
  return violations.map((violation) => findingOf(control, manifest, source, violation, lineOf));
}

/** Most objects break nothing of most controls. */
const NONE: readonly never[] = [];

/** The objects that live in each namespace. */
export type CompanionIndex = ReadonlyMap<string, readonly Manifest[]>;

const NO_COMPANIONS: CompanionIndex = new Map();

/** Finds the companions of objects among all of them. */
export function companionIndex(objects: readonly CheckedObject[]): CompanionIndex {
  const index = new Map<string, Manifest[]>();
  for (const { manifest } of objects) {
    const namespace = manifest.metadata.namespace ?? 'default';
    const known = index.get(namespace);
    if (known === undefined) index.set(namespace, [manifest]);
    else known.push(manifest);
  }
  return index;
}

/** The objects of the control's companion kinds that live in the same namespace, or in the Namespace itself. */
function companionsOf(control: Control, manifest: Manifest, index: CompanionIndex): readonly Manifest[] {
  const namespace = manifest.kind === 'Namespace' ? manifest.metadata.name : manifest.metadata.namespace;
  return (index.get(namespace ?? 'default') ?? []).filter((other) =>
    control.companions!.some((kind) => isOfKind(other, kind)),
  );
}

function findingOf(
  control: Control,
  manifest: Manifest,
  source: string,
  violation: Violation,
  lineOf: CheckedObject['lineOf'],
): Finding {
  const { validation, path, value, container } = violation;
  const shown = value === undefined ? '' : ` It is ${JSON.stringify(value)}.`;
  const finding: { -readonly [Key in keyof Finding]: Finding[Key] } = {
    control: control.id,
    recommendations: control.mappings.recommendations,
    severity: control.severity,
    resource: resourceOf(manifest),
    source,
    path,
    message: `${validation.message}${shown}`,
    remediation: control.remediation,
  };
  if (container !== undefined) finding.container = container;
  if (violation.undetermined === true) finding.undetermined = true;
  if (lineOf !== undefined) finding.line = lineOf(path);
  return finding;
}

/** The object that was last named: its findings come one after the other, and share this. */
let named: { readonly manifest: Manifest; readonly resource: ResourceRef } | undefined;

/** How findings name an object. */
export function resourceOf(manifest: Manifest): ResourceRef {
  if (named?.manifest === manifest) return named.resource;
  const { apiVersion, kind, metadata } = manifest;
  const resource = { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
  named = { manifest, resource };
  return resource;
}
