import type { Control, Validation } from './control';

/**
 * What a control demands in a version of Kubernetes.
 *
 * @param version `major.minor`, for example `1.37`
 * @returns nothing where the control did not exist yet
 */
export function validationsAt(control: Control, version: string): readonly Validation[] {
  if (control.since === undefined || atLeast(version, control.since)) return control.validations;
  return control.earlier?.find(({ since }) => atLeast(version, since))?.validations ?? [];
}

/** The control as it was in a version of Kubernetes. */
export function controlAt(control: Control, version: string): Control {
  return { ...control, validations: validationsAt(control, version) };
}

function atLeast(version: string, since: string): boolean {
  return minor(version) >= minor(since);
}

function minor(version: string): number {
  return Number(version.split('.')[1]);
}
