import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECOMMENDATIONS } from '../../../model';

/** The founders' table; it lies beside the checkout and is not part of the package. */
const TABLE = join(__dirname, '../../../../shared/guidance/recommendations.tsv');

describe('RECOMMENDATIONS', () => {
  it('have one id each', () => {
    const ids = RECOMMENDATIONS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Z]+-\d+$/);
  });

  it('are all 25 of the guidance', () => {
    const sections = new Map<string, number>();
    for (const { section } of RECOMMENDATIONS) sections.set(section, (sections.get(section) ?? 0) + 1);
    expect(Object.fromEntries(sections)).toEqual({
      'Pod security': 7,
      'Network isolation': 7,
      'Authentication and authorization': 3,
      'Log audit': 3,
      'Upgrade and practice': 3,
      Architecture: 2,
    });
  });

  const inFoundersCheckout = existsSync(TABLE) ? it : it.skip;
  inFoundersCheckout(
    'say what the table says (skipped where shared/guidance/recommendations.tsv is not there)',
    () => {
      const rows = readFileSync(TABLE, 'utf8')
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split('\t'));
      expect(RECOMMENDATIONS.map(({ id, section, title, proof }) => [id, section, title, proof])).toEqual(
        rows,
      );
    },
  );
});
