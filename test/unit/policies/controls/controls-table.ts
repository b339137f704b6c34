import type { Control } from '../../../../policies';

/** The table of `docs/controls.md`. */
export function controlsTable(controls: readonly Control[]): string {
  const rows = controls.map(({ id, title, severity, mappings: { pss, cis, recommendations } }) => [
    `\`${id}\``,
    title,
    severity,
    pss === undefined ? '' : `${pss.level}: ${pss.check}`,
    cis.join(', '),
    recommendations.join(', '),
  ]);
  const head = ['Control', 'What holds', 'Severity', 'Pod Security check', 'CIS', 'Guidance'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
