import { releaseOf, releaseTable, SUPPORTED_KUBERNETES, supportOf, WARN_DAYS } from '../../../model';

const at = (day: string, time = '00:00:00'): Date => new Date(`${day}T${time}Z`);

test('every release that can be targeted is in the table, and their order is that of their days', () => {
  for (const minor of SUPPORTED_KUBERNETES) expect(releaseOf(minor)).toBeDefined();
  const days = releaseTable().releases.flatMap(({ released, endOfLife }) => [released, endOfLife]);
  expect(days.every((day) => !Number.isNaN(Date.parse(day)))).toBe(true);
  for (const { released, endOfLife } of releaseTable().releases) expect(released < endOfLife).toBe(true);
  expect(releaseTable().source).toMatch(/^https:\/\/kubernetes\.io\//);
  expect(releaseTable().date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});

test.each([
  ['1.34', at('2026-10-27', '23:59:59'), 'ending'],
  ['1.34', at('2026-10-28'), 'ended'],
  ['1.35', at('2026-11-30'), 'supported'],
  ['1.35', at('2026-12-01'), 'ending'],
  ['1.37', at('2027-10-29'), 'ended'],
  ['1.38', at('2026-11-26'), 'unknown'],
])('%s on %s is %s', (minor, now, support) => {
  expect(supportOf(minor, now)).toBe(support);
});

test('the warning comes early enough to test an upgrade', () => {
  expect(WARN_DAYS).toBeGreaterThanOrEqual(60);
});
