/** docs/harden.md and the controls agree. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTROLS } from '../../../../policies';

const page = readFileSync(join(__dirname, '../../../../docs/harden.md'), 'utf8');

test('the page lists every remedy, whether it asks, and its risk', () => {
  const told = [...page.matchAll(/^\| `([a-z-]+)` +\| (.*?) +\| (.*?) +\|$/gm)].map((match) =>
    match.slice(1),
  );
  const remedied = CONTROLS.filter(({ remediate }) => remediate !== undefined);
  expect(told).toEqual(
    remedied.map(({ id, absence, risk }) => [id, absence === 'ask' ? 'asks' : 'filled in', risk]),
  );
});
