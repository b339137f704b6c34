import { parseYaml } from '../../../../cli/input/parse';
import { YamlProblem } from '../../../../cli/input/yaml-problem';

/**
 * What sigs.k8s.io/yaml v1.6.0 (with which kubectl 1.37 reads files) makes of a text, taken from its own output. Undefined
 * where it refuses the text.
 */
const KUBECTL: readonly (readonly [string, unknown])[] = [
  ['a: yes', { a: true }],
  ['a: y', { a: true }],
  ['a: On', { a: true }],
  ['a: NO', { a: false }],
  ['a: n', { a: false }],
  ['a: off', { a: false }],
  ['a: yEs', { a: 'yEs' }],
  ['a: "yes"', { a: 'yes' }],
  ['a: !!str yes', { a: 'yes' }],
  ['a: ! yes', { a: 'yes' }],
  ['a: !foo yes', { a: 'yes' }],
  ['a: !!bool "yes"', { a: true }],
  ['a: !!int "5"', { a: 5 }],
  ['a: !!int five', undefined],
  ['a: !!binary aGk=', { a: 'hi' }],
  ['a: !!set {b, c}', { a: { b: null, c: null } }],
  ['a: ~', { a: null }],
  ['a: Null', { a: null }],
  ['a:', { a: null }],
  ['a: 0777', { a: 511 }],
  ['a: 0o17', { a: 15 }],
  ['a: 08', { a: 8 }],
  ['a: 0x1F', { a: 31 }],
  ['a: -0b11', { a: -3 }],
  ['a: 1_000', { a: 1000 }],
  ['a: 0_7', { a: 7 }],
  ['a: +12', { a: 12 }],
  ['a: 1:30', { a: '1:30' }],
  ['a: 2001-01-01', { a: '2001-01-01' }],
  ['a: 1e3', { a: 1000 }],
  ['a: .5', { a: 0.5 }],
  ['a: +.5', { a: 0.5 }],
  ['a: .5_0', { a: '.5_0' }],
  ['a: 1.', { a: 1 }],
  ['a: 1e400', { a: '1e400' }],
  ['a: 0x', { a: '0x' }],
  ['a: .inf', undefined],
  ['yes: b', { true: 'b' }],
  ['1: b', { '1': 'b' }],
  ['null: b', undefined],
  ['? [a]\n: b', undefined],
  ['a: |\r\n  b\r\n  c\r\n', { a: 'b\nc\n' }],
  ['a:\tb', { a: 'b' }],
  ['<<: {a: 1}\nb: 2', { a: 1, b: 2 }],
  ['<<: [{a: 1}, {a: 2, c: 3}]', { a: 1, c: 3 }],
  ['"<<": {a: 1}', { '<<': { a: 1 } }],
  ['<<: 1', undefined],
  // What is merged wins over what stands before it: `privileged: false` here does not help.
  [
    'x: &m {privileged: true}\nb:\n  privileged: false\n  <<: *m',
    { x: { privileged: true }, b: { privileged: true } },
  ],
  [
    'x: &m {privileged: true}\nb:\n  <<: *m\n  privileged: false',
    { x: { privileged: true }, b: { privileged: false } },
  ],
  ['a: &a [*a]', undefined],
  ['a: *b', undefined],
];

test.each(KUBECTL)('%j is read as kubectl reads it', (text, expected) => {
  if (expected === undefined) expect(() => parseYaml(text)).toThrow(YamlProblem);
  else expect(parseYaml(text).value).toEqual(expected);
});

/** What kubectl takes in another way than the parser does is refused: otherwise a setting could be hidden. */
test.each([
  ['a line break of YAML 1.1 in a comment', 'a: 1 # comment\u2028privileged: true'],
  ['the same in an old control character', 'a: 1 # comment\u0085privileged: true'],
  ['a colon before a bracket', 'a: [b:]'],
  ['a key that stands twice', 'a: 1\na: 2'],
  ['a key that stands twice after conversion', '1: a\n"1": b'],
  ['a second document behind dots', 'a: 1\n...\nb: 2'],
  ['an anchor with a colon in its name', 'a: &b:c d'],
])('%s is refused', (_, text) => {
  expect(() => parseYaml(text)).toThrow(YamlProblem);
});

test('a key __proto__ is a key like others', () => {
  const value = parseYaml('__proto__: {polluted: true}').value as object;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
