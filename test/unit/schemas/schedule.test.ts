import { readSchedule } from '../../../schemas/schedule';

const known = [{ minor: '1.9', released: '2017-12-15', endOfLife: '2018-12-15' }];
const entry = (release: string, released = '2030-01-02', ended = '2031-03-04'): string =>
  `- release: ${release}\n  releaseDate: ${released}\n  endOfLifeDate: ${ended}\n  next: { release: ${release}.1 }\n`;

test('takes what the schedule says, keeps what it no longer has, and sorts by number', () => {
  const rows = readSchedule(
    `schedules:\n${entry('1.30')}${entry('1.10', '2018-03-26', '2019-03-26')}`,
    known,
  );
  expect(rows).toEqual([
    known[0],
    { minor: '1.10', released: '2018-03-26', endOfLife: '2019-03-26' },
    { minor: '1.30', released: '2030-01-02', endOfLife: '2031-03-04' },
  ]);
});

test.each([
  ['nothing', ''],
  ['another document', 'kind: List\nitems: []\n'],
  ['a day that is none', `schedules:\n${entry('1.30', 'soon')}`],
  ['a release that is none', `schedules:\n${entry('v1.30')}`],
])('refuses %s, so that nothing is written', (_, text) => {
  expect(() => readSchedule(text, known)).toThrow();
});
