import type { Control } from '../policies';
import { columns } from './console';
import { profileOf } from './controls-json';

/** The controls as a table for a person. */
export function controlsConsole(controls: readonly Control[]): string {
  const rows = controls.map((control) => [
    control.id,
    control.severity,
    control.area,
    profileOf(control),
    [...control.mappings.recommendations, ...control.mappings.cis.map((item) => `CIS ${item}`)].join(', ') ||
      '-',
    control.title,
  ]);
  return [
    ...columns([['Control', 'Severity', 'Area', 'Profile', 'Answers to', 'What must hold'], ...rows]),
    '',
    `${controls.length} controls. What each judges, why, and how to put it right: keelson controls --format json`,
  ].join('\n');
}
