import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTROLS } from '../../../../policies';
import { controlsTable } from './controls-table';

/** Cells of a Markdown table, however it is aligned. */
const cells = (text: string): readonly string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|-]+$/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));

it('docs/controls.md lists every control as it is', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/controls.md'), 'utf8');
  const table = cells(controlsTable(CONTROLS));
  expect(table).toHaveLength(CONTROLS.length + 1);
  // The second table is that of the network checks.
  expect(cells(page).slice(0, table.length)).toEqual(table);
  const remedied = CONTROLS.filter(({ remediate }) => remediate !== undefined).length;
  expect(page).toContain(`${CONTROLS.length} controls`);
  expect(page).toContain(`for ${remedied} of them`);
});
