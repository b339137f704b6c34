import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OURS } from './comparison-rows';

const page = readFileSync(join(__dirname, '../../../docs/comparison.md'), 'utf8');
const [, table = ''] = page.split(/^\| Setting .*\n/m);
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| -'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`|`$/g, '')),
  );

test('what the page says of keelson is what a cluster renders, row by row', () => {
  expect(Object.fromEntries(rows.map(([setting, ours]) => [setting, ours]))).toEqual(OURS);
});

test('there are about forty rows, each says something of everybody and why', () => {
  expect(rows.length).toBeGreaterThanOrEqual(40);
  for (const row of rows) {
    expect(row).toHaveLength(7);
    expect([row[0], row.slice(2).every((cell) => cell !== '')]).toEqual([row[0], true]);
  }
});

/** Values that can be put in an order, strictest first. */
const ORDERS: readonly (readonly string[])[] = [
  ['VersionTLS13', 'VersionTLS12'],
  ['TLS1.3', 'TLS1.2'],
  ['restricted', 'baseline', 'privileged'],
  ['secretbox', 'none'],
  ['0', '10255'],
];

test('nobody has a stricter value that can be put in an order', () => {
  for (const [setting, ours, ...others] of rows) {
    for (const other of others.slice(0, 4)) {
      const order = ORDERS.find((values) => values.includes(ours!) && values.includes(other!));
      if (order !== undefined)
        expect([setting, order.indexOf(ours!) <= order.indexOf(other!)]).toEqual([setting, true]);
    }
  }
});
