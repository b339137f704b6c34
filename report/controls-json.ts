import type { Control } from '../policies';

/** The controls for a program; `docs/check.md` describes the shape. What is absent is null. */
export function controlsJson(controls: readonly Control[]): string {
  return JSON.stringify({ controls: controls.map(controlJson) }, null, 2);
}

function controlJson(control: Control): Readonly<Record<string, unknown>> {
  const { id, title, severity, area, mappings, kinds, companions, rationale, remediation } = control;
  const parameters = Object.entries(control.parameters ?? {}).map(([name, { description, value }]) => ({
    name,
    description,
    value,
  }));
  return {
    id,
    title,
    severity,
    area,
    profile: profileOf(control),
    mappings: { ...mappings, pss: mappings.pss ?? null },
    kinds: kinds.map(({ apiGroup, kind }) => (apiGroup === '' ? kind : `${kind}.${apiGroup}`)),
    companions: (companions ?? []).map(({ kind }) => kind),
    rationale,
    remediation,
    parameters,
  };
}

/** The narrowest profile of `keelson check` that a control belongs to. */
export function profileOf({ mappings }: Pick<Control, 'mappings'>): string {
  return mappings.pss === undefined ? 'all' : `pss-${mappings.pss.level}`;
}
