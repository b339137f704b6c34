import { RECOMMENDATIONS } from '../../../model';
import { columns, failedProbes, openEnds, traceTable, type TraceRow } from '../../../report';

const [first, second, third, fourth] = RECOMMENDATIONS;

const ROWS: readonly TraceRow[] = [
  {
    recommendation: first!,
    declared: true,
    enforced: ['run-as-non-root', 'other'],
    proved: 'proved',
    open: [],
    probes: ['root-refused', 'again'],
  },
  { recommendation: second!, declared: true, enforced: [], proved: 'fails', open: [], probes: ['writes'] },
  { recommendation: third!, declared: false, enforced: [], proved: 'unproved', open: [], probes: [] },
  {
    recommendation: fourth!,
    declared: false,
    enforced: [],
    proved: 'in part',
    open: ['old keys', 'logs'],
    probes: ['raw'],
  },
];

describe('traceTable', () => {
  const lines = traceTable(ROWS).split('\n');
  const cells = lines.map((line) => line.split(/ {2,}/));

  it('has a line for each row, below its heading', () => {
    expect(cells[0]).toEqual(['', 'Recommendation', 'Declared', 'Enforced by', 'Proved']);
    expect(cells[1]!.slice(2)).toEqual(['yes', 'run-as-non-root, other', 'proved (root-refused, again)']);
    expect(cells[2]!.slice(2)).toEqual(['yes', '-', 'fails (writes)']);
    expect(cells[3]!.slice(2)).toEqual(['-', '-', '-']);
    expect(cells[4]!.slice(2)).toEqual(['-', '-', 'in part (raw)']);
    expect(cells.slice(1, 5).map(([id]) => id)).toEqual(ROWS.map(({ recommendation }) => recommendation.id));
  });

  it('never says of a row that nobody probed that it is proved', () => {
    expect(lines[3]).not.toMatch(/proved|in part|fails|yes/);
  });

  it('puts the columns below each other', () => {
    const column = lines[0]!.indexOf('Declared');
    expect(lines.slice(1, 4).map((line) => line.slice(column, column + 3).trim())).toEqual([
      'yes',
      'yes',
      '-',
    ]);
  });

  it('counts', () => {
    expect(lines.at(-1)).toBe(
      '4 recommendations: 2 declared, 1 enforced, 1 proved, 1 proved in part, 1 failed, 1 not proved.',
    );
  });

  it('shortens a long title and keeps a short one', () => {
    const long = RECOMMENDATIONS.find(({ title }) => title.length > 100)!;
    const text = traceTable([{ ...ROWS[2]!, recommendation: long }]);
    expect(text).toContain(`${long.title.slice(0, 57)}…`);
    expect(text).not.toContain(long.title.slice(0, 58));
    expect(traceTable(ROWS)).toContain(first!.title);
  });
});

describe('columns', () => {
  it('are as wide as their widest cell, with nothing at the end of a line', () => {
    expect(
      columns([
        ['a', 'bb', 'c'],
        ['aaa', 'b', ''],
      ]),
    ).toEqual(['a    bb  c', 'aaa  b']);
  });
});

describe('failedProbes', () => {
  const evidence = (['fails', 'holds', 'unavailable'] as const).map((verdict) => ({
    probe: `probe-${verdict}`,
    recommendations: [],
    verdict,
    claim: 'It holds.',
    observations: [{ attempt: 'GET /api', seen: 'HTTP 200' }],
  }));

  it('shows what the failed ones saw, and of them only', () => {
    expect(failedProbes(evidence)).toBe('probe-fails: It holds. This does not hold:\n  GET /api: HTTP 200');
  });

  it('is empty where none failed', () => {
    expect(failedProbes(evidence.slice(1))).toBe('');
  });
});

describe('openEnds', () => {
  it('tells for each recommendation what the probes left open, and of the others nothing', () => {
    expect(openEnds(ROWS)).toBe(`${fourth!.id}: old keys; logs.`);
    expect(openEnds(ROWS.slice(0, 3))).toBe('');
  });
});
