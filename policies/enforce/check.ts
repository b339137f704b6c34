import type { Manifest } from '../../constructs';
import type { Finding } from '../../model';
import type { Control } from '../control';
import { CONTROLS } from '../controls';
import { compileControls, type CompiledControl } from '../engine/compile';

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
 * @param objects what to check
 * @param controls which controls; all of keelson's where left out
 * @returns what is broken, in the order of the objects
 */
export function checkObjects(
  objects: Iterable<CheckedObject>,
  controls?: readonly Control[],
): readonly Finding[] {
  const compiled =
    controls === undefined ? (compiledDefaults ??= compileControls(CONTROLS)) : compileControls(controls);
  const findings: Finding[] = [];
  for (const { manifest, source, lineOf } of objects) {
    const namespace = manifest.metadata.namespace ?? '';
    for (const { control, judge } of compiled) {
      for (const { validation, path, value, container } of judge(manifest)) {
        findings.push({
          control: control.id,
          recommendations: control.mappings.recommendations,
          severity: control.severity,
          resource: {
            apiVersion: manifest.apiVersion,
            kind: manifest.kind,
            namespace,
            name: manifest.metadata.name ?? '',
          },
          ...(container === undefined ? {} : { container }),
          source,
          ...(lineOf === undefined ? {} : { line: lineOf(path) }),
          path,
          message:
            value === undefined
              ? validation.message
              : `${validation.message} It is ${JSON.stringify(value)}.`,
          remediation: control.remediation,
        });
      }
    }
  }
  return findings;
}
