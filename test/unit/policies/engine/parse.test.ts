import { parse } from '@bufbuild/cel';
import fc from 'fast-check';
import { CONTROLS } from '../../../../policies';
import { parseUsual } from '../../../../policies/engine/cel/parse';
import { variablesOf } from '../../../../policies/variables';
import { conformanceCases } from './conformance';

/** What the compiler does not read of a tree. */
const UNREAD = new Set([
  ...['$typeName', 'id', 'accuVar', 'iterVar2', 'loopCondition', 'result'],
  ...['optionalIndices', 'optionalEntry'],
]);

function read(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(read);
  if (tree === null || typeof tree !== 'object' || tree instanceof Uint8Array) return tree;
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([key, value]) => !UNREAD.has(key) && value !== undefined)
      .map(([key, value]) => [key, read(value)]),
  );
}

/** The tree of the parser of the whole language; undefined where it refuses the text. */
function reference(text: string): unknown {
  try {
    return read(parse(text).expr);
  } catch {
    return undefined;
  }
}

/** Whether both parsers make the same of a text, or the quick one leaves it to the other. */
function agree(text: string): boolean {
  const quick = parseUsual(text);
  if (quick === undefined) return true;
  expect({ text, tree: read(quick) }).toEqual({ text, tree: reference(text) });
  return true;
}

const EXPRESSIONS = CONTROLS.flatMap((control) => [
  ...variablesOf(control).map(({ expression }) => expression),
  ...[control, ...(control.earlier ?? [])].flatMap(({ validations }) =>
    validations.map(({ expression }) => expression),
  ),
]);

it('parses what the controls are written in by itself, so that the other parser need not be loaded', () => {
  expect(EXPRESSIONS.filter((text) => parseUsual(text) === undefined)).toEqual([]);
});

it('makes of the controls what the other parser makes of them', () => {
  for (const text of new Set(EXPRESSIONS)) agree(text);
});

it('makes of every expression of the specification what the other parser does, or leaves it alone', () => {
  const texts = [...new Set([...conformanceCases().values()].map(({ expr }) => expr))];
  for (const text of texts) agree(text);
  expect(texts.filter((text) => parseUsual(text) !== undefined).length).toBeGreaterThan(400);
});

it.each([
  ...['""""a"""', `'''a'''`, 'r"a"', "b'a'", '"a" "b"', '"a\\n"', '"\\u0041"', '"a\nb"', '"', '`a`'],
  ...['1u', '0x1', '1.5', '1.', '.5', '1e3', '01', '1a', '-1', '- 1', '--1', '1 - 1', '1 -1', '-a', '1.a'],
  ...[
    'a.namespace',
    'a.for(b)',
    'a.true',
    'a.nullable',
    'a.falsey()',
    'truea',
    'nullable',
    'inner',
    'format',
    'asset',
  ],
  ...['a // b', 'a //b\n', '1 // 2', 'a.`b`', 'a.?b', 'a[?b]', '[?a]', '.a', '.a.b', 'a.in', 'a.for', 'for'],
  ...[
    '!!a',
    '! !a',
    '!a.b',
    '!(a)',
    '!a == b',
    'a ? b : c ? d : e',
    'a ? b ? c : d : e',
    '(a ? b : c) ? d : e',
  ],
  ...['has(a)', 'has(a.b)', 'has((a.b))', 'has(has(a.b))', 'has(a.b, c)', 'has(a[0])', 'a.has(b.c)', 'has()'],
  ...[
    'a.all(b)',
    'a.all(b.c, d)',
    'a.all(1, d)',
    'a.exists_one(b, c)',
    'a.existsOne(b, c)',
    'a.map(b, c, d)',
  ],
  ...['a.all(b, c, d)', 'a.filter(b, c)', 'all(a, b)', 'A{}', 'A{b: 1}', 'a.B{}', '{}', '{1: 2, "a": []}'],
  ...['[1,]', '{1: 2,}', 'f(a,)', '[,]', '()', '', ' ', 'a b', 'in', 'a in b in c', 'a in', 'ain b', 'a inb'],
  ...[
    '1in a',
    '"a"in b',
    'a == b == c',
    'a < b',
    'a<=b',
    'a = b',
    'a & b',
    'a + b - c * d / e % f',
    'a\u00a0b',
  ],
  ...[
    'a && b && c && d && e',
    'a || b && c || d',
    '(a && b) && c',
    '9223372036854775808',
    '"\u{1f600}"',
    '"\ud800"',
  ],
  ...[
    'true.a',
    'null',
    'null()',
    'true()',
    '"in" in a',
    'a "in" b',
    '"a"."b"',
    'a.1',
    'a.b.c()[1].d',
    '$',
    'a\vb',
  ],
])('does not disagree about %j', (text) => {
  expect(agree(text)).toBe(true);
});

it('does not disagree about what tokens make at random', () => {
  const token = fc.constantFrom(
    ...[
      'a',
      'b.c',
      'has(',
      'f(',
      '.all(x, ',
      '.map(',
      '(',
      ')',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '?',
      '!',
      '-',
    ],
    ...[
      '1',
      '0',
      '"s"',
      "'t'",
      '&&',
      '||',
      '==',
      '<',
      ' in ',
      '+',
      '*',
      '.',
      ' ',
      '\n',
      'true',
      'null',
      '"',
      '//',
    ],
  );
  const operand = fc.constantFrom(
    'a',
    'b.c',
    '1',
    '"s"',
    'has(a.b)',
    'true',
    '[a]',
    '{"k": a}',
    '(a)',
    '!a',
    '-a',
  );
  const operator = fc.constantFrom(
    ' && ',
    ' || ',
    ' == ',
    ' in ',
    ' + ',
    '-',
    ' * ',
    ' < ',
    ' ? a : ',
    '.f()',
    ' != ',
  );
  const tokens = fc.array(token, { maxLength: 12 }).map((parts) => parts.join(''));
  const chains = fc
    .array(fc.tuple(operand, operator), { maxLength: 9 })
    .map((parts) => `${parts.flat().join('')}a`);
  fc.assert(fc.property(fc.oneof(tokens, chains), agree), { numRuns: 3_000 });
});

it('leaves what is nested too deep to the other parser', () => {
  for (const [open, close] of [
    ['(', ')'],
    ['[', ']'],
    ['f(', ')'],
    ['a ? b : ', ''],
  ] as const) {
    expect(parseUsual(`${open.repeat(20_000)}a${close.repeat(20_000)}`)).toBeUndefined();
  }
  expect(parseUsual(`a${' + a'.repeat(20_000)}`)).toBeUndefined();
  expect(parseUsual(`a${'.b'.repeat(20_000)}`)).toBeUndefined();
});
