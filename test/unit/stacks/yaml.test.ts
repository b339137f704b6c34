import fc from 'fast-check';
import { parse } from 'yaml';
import { objectYaml } from '../../../stacks';

/** Kubernetes reads YAML by 1.1 rules in places and by 1.2 rules in others: both must read what was written. */
const VERSIONS = ['1.1', '1.2'] as const;

const manifest = (data: Readonly<Record<string, unknown>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm' },
  data,
});

function readBack(data: Readonly<Record<string, unknown>>, version: (typeof VERSIONS)[number]): unknown {
  return parse(objectYaml(manifest(data)), { version });
}

const CLASSICS = [
  ...['yes', 'no', 'on', 'off', 'y', 'n', 'Y', 'N', 'Yes', 'NO', 'true', 'False', 'TRUE'],
  ...['null', 'Null', 'NULL', '~', '', ' ', '  leading', 'trailing  '],
  ...[
    '0',
    '-0',
    '012',
    '0o14',
    '0x1f',
    '0b101',
    '1_000',
    '1:30',
    '190:20:30',
    '1e3',
    '1E3',
    '.5',
    '5.',
    '+1',
  ],
  ...[
    '.inf',
    '-.inf',
    '.Inf',
    '.nan',
    '.NaN',
    '1.0',
    '6.022e+23',
    '1e+3',
    '685_230.15',
    '0999',
    '08',
    '0_9',
    '-0_8',
    '.',
    '-.',
    '._',
    'e0',
    '.e1',
    '0x_',
    '1.4.2',
    '10.0.0.0',
  ],
  ...[
    '2001-12-14',
    '2001-12-14t21:59:43.10-05:00',
    '2001-12-14 21:59:43.10 -5',
    '12:30:45',
    '2026-11-23T10:00:00Z',
  ],
  ...[
    '- a',
    '-',
    '?',
    '? a',
    ':',
    'a: b',
    'a:b',
    'a #b',
    '#a',
    '&a',
    '*a',
    '!a',
    '!!str a',
    '|',
    '>',
    '%a',
    '@a',
    '`a',
  ],
  ...[
    '{a}',
    '[a]',
    '{',
    '}',
    '[',
    ']',
    ',',
    "'",
    '"',
    "it's",
    '"quoted"',
    '\\',
    '\\n',
    '<<',
    '=',
    '---',
    '...',
    '--- a',
  ],
  ...[
    'a\nb',
    'a\n',
    '\na',
    'a\n\n',
    'a\n\n\nb',
    ' a\nb',
    'a \nb',
    '\n',
    '\t',
    'a\tb',
    '\ta',
    'a\r\nb',
    'a\rb',
    'a\n ',
    ' |\n \t',
  ],
  ...[
    '\u0000',
    '\u0007',
    '\u001b',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\u2029',
    '\ufeff',
    'ü',
    '日本',
    '😀',
    '\ud83d\ude00',
  ],
  ...['x'.repeat(500), `${'word '.repeat(100)}`, '${output:data.a}'],
];

describe.each(VERSIONS)('a reader of YAML %s', (version) => {
  it.each(CLASSICS.map((text) => [text]))('reads the value %j as it was meant', (text) => {
    expect(readBack({ value: text }, version)).toEqual(manifest({ value: text }));
  });

  it.each(CLASSICS.map((text) => [text]))('reads the key %j as it was meant', (text) => {
    expect(readBack({ [text]: 'value' }, version)).toEqual(manifest({ [text]: 'value' }));
  });

  it('reads every text as it was meant, as a value, a key and in a list', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...' \n\t:-#\'"0123456789.eE+_~yn!&*|>%@`{}[],?ab'), maxLength: 12 }),
    );
    fc.assert(
      fc.property(text, text, text, (key, value, item) => {
        fc.pre(key !== '__proto__');
        const data = { [key]: value, list: [item, value] };
        expect(readBack(data, version)).toEqual(manifest(data));
      }),
      { numRuns: 1000 },
    );
  });

  it('reads numbers, booleans and nested values as they are', () => {
    const data = {
      i: 12,
      f: 1.5,
      big: 1e21,
      t: true,
      f2: false,
      empty: {},
      none: [],
      deep: { a: [{ b: [1, [2]] }] },
    };
    expect(readBack(data, version)).toEqual(manifest(data));
  });
});

it('one value that stands in two places is written twice, not as a reference', () => {
  const shared = { a: 'b' };
  expect(objectYaml(manifest({ x: shared, y: shared }))).not.toMatch(/[&*]/);
});
