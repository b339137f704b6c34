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
    controls === undefined ? (compiledDefaults ??= compileControls(CONTROLS)) : compileControls(controls);
  const all = [...objects];
  return all.flatMap((object) => compiled.flatMap((control) => findingsOf(control, object, all)));
}

/**
 * What one object breaks of one control.
 *
 * @param all the objects among which companions are looked for
 */
export function findingsOf(
  compiled: CompiledControl,
  { manifest, source }: CheckedObject,
  all: readonly CheckedObject[],
): readonly Finding[] {
  const { control } = compiled;
  if (!compiled.judges(manifest)) return [];
  const companions = control.companions === undefined ? [] : companionsOf(control, manifest, all);
  return compiled
    .judge(manifest, companions)
    .map((violation) => findingOf(control, manifest, source, violation));
}

/** The objects of the control's companion kinds that live in the same namespace, or in the Namespace itself. */
function companionsOf(
  { companions = [] }: Control,
  manifest: Manifest,
  all: readonly CheckedObject[],
): readonly Manifest[] {
  const namespace = manifest.kind === 'Namespace' ? manifest.metadata.name : manifest.metadata.namespace;
  return all
    .map((object) => object.manifest)
    .filter(
      (other) =>
        (other.metadata.namespace ?? 'default') === (namespace ?? 'default') &&
        companions.some(({ kind }) => kind === other.kind),
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
