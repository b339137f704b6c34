import type { Manifest } from '../../constructs';
import type { Finding } from '../../model';
import type { Control } from '../control';
import { CONTROLS } from '../controls';
import { compileControls, type CompiledControl, type Violation } from '../engine/compile';

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
 * the API server leaves the system's own namespaces alone, and this does not.
 *
 * @param objects what to check; controls that need companions look for them among these
 * @param controls which controls; all of keelson's where left out
 * @returns what is broken, in the order of the objects
 */
export function checkObjects(
  objects: Iterable<CheckedObject>,
  controls?: readonly Control[],
): readonly Finding[] {
  const compiled =
    controls === undefined
      ? (compiledDefaults ??= compileControls(CONTROLS, { lazily: true }))
      : compileControls(controls);
  const all = [...objects];
  const companions = companionIndex(all);
  const judging = byKind(compiled);
  return all.flatMap((object) =>
    judging(object.manifest).flatMap((control) => findingsOf(control, object, companions)),
  );
}

/** Finds the controls that judge an object; asked of each control once for each kind, not for each object. */
function byKind(compiled: readonly CompiledControl[]): (manifest: Manifest) => readonly CompiledControl[] {
  const known = new Map<string, readonly CompiledControl[]>();
  return (manifest) => {
    const key = `${manifest.apiVersion} ${manifest.kind}`;
    let judging = known.get(key);
    if (judging === undefined) {
      judging = compiled.filter((control) => control.judges(manifest));
      known.set(key, judging);
    }
    return judging;
  };
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
  if (!compiled.judges(manifest)) return [];
  const beside = control.companions === undefined ? [] : companionsOf(control, manifest, companions);
  return compiled
    .judge(manifest, beside)
    .map((violation) => findingOf(control, manifest, source, violation))
    .map((finding) => (lineOf === undefined ? finding : { ...finding, line: lineOf(finding.path) }));
}

/** The objects that live in each namespace. */
export type CompanionIndex = ReadonlyMap<string, readonly Manifest[]>;

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
    control.companions!.some(({ kind }) => kind === other.kind),
  );
}

function findingOf(control: Control, manifest: Manifest, source: string, violation: Violation): Finding {
  const { validation, path, value, container } = violation;
  const shown = value === undefined ? '' : ` It is ${JSON.stringify(value)}.`;
  return {
    control: control.id,
    recommendations: control.mappings.recommendations,
    severity: control.severity,
    resource: {
      apiVersion: manifest.apiVersion,
      kind: manifest.kind,
      namespace: manifest.metadata.namespace ?? '',
      name: manifest.metadata.name ?? '',
    },
    ...(container === undefined ? {} : { container }),
    source,
    path,
    message: `${validation.message}${shown}`,
    remediation: control.remediation,
    ...(violation.undetermined === true ? { undetermined: true } : {}),
  };
}
