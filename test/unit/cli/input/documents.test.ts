import fc from 'fast-check';
import { readDocuments } from '../../../../cli/input/documents';
import { objectsOf } from '../../../../cli/input/objects';
import { formatProblem, type Problem } from '../../../../model';

function read(text: string) {
  const problems: Problem[] = [];
  const documents = [...readDocuments('f.yaml', text, (problem) => problems.push(problem))];
  return { documents, values: documents.map(({ value }) => value), problems };
}

describe('documents', () => {
  it.each([
    ['are divided by ---', 'a: 1\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['may have a comment after ---', '--- # first\na: 1\n--- #second\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['may have the line ends of Windows', '---\r\na: 1\r\n---\r\nb: 2\r\n', [{ a: 1 }, { b: 2 }]],
    ['may be empty', '# only\n---\n---\n# comments\n---\na: 1\n---\nnull\n---\n', [{ a: 1 }]],
    ['may be JSON, with tabs', '{\n\t"a":\t"b\\u0041",\n\t"c": [1]\n}', [{ a: 'bA', c: [1] }]],
    ['may be JSON objects in a row', '{"a": 1}\n{"b": "}{"} {"c": 3}', [{ a: 1 }, { b: '}{' }, { c: 3 }]],
    ['may start as JSON does and be YAML', '{a: yes}\n---\n{b: 2}\n', [{ a: true }, { b: 2 }]],
    ['may hold --- in a text', 'a: |\n  ---\n  b\n', [{ a: '---\nb\n' }]],
    ['may be none', '', []],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toMatchObject({ values: expected, problems: [] });
  });
});

describe('a document that cannot be read', () => {
  const good = 'good: 1\n---\n';
  it.each([
    ['wrong indentation', 'a:\n  b: 1\n c: 2\n', 5, 'It is no YAML'],
    ['a tab as indentation', 'a:\n\tb: 1\n', 4, 'It is no YAML'],
    ['a template', 'kind: Pod\n{{- if .Values.on }}\na: 1\n{{- end }}\n', 4, 'helm template'],
    ['a template in a value', 'name: {{ .Values.name }}\n', 3, 'a list or a map'],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 5, 'twice'],
    ['aliases of aliases', bomb(), 6, 'aliases stand for far more'],
    ['10,000 lists in each other', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`, 3, '500 deep'],
    ['10,000 maps in each other', deepMaps(), 3, '500 deep'],
    ['depth made by aliases', deepAliases(), 3, '500 deep'],
  ])('%s: named with its line, and the others are read', (_, bad, line, words) => {
    const { values, problems } = read(`${good}${bad}---\nlast: 1\n`);
    expect(values).toEqual([{ good: 1 }, { last: 1 }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'check/yaml', where: expect.stringMatching(/^f\.yaml:\d+$/) });
    if (!words.startsWith('500')) expect(problems[0]!.where).toBe(`f.yaml:${line}`);
    expect(formatProblem(problems[0]!)).toContain(words);
  });

  it('has text after ---', () => {
    expect(read('a: 1\n--- {b: 2}\nc: 3\n')).toMatchObject({
      values: [{ a: 1 }],
      problems: [{ where: 'f.yaml:2', message: '"--- {b: 2}" holds more than the mark of a new document.' }],
    });
  });

  it.each([
    ['a key twice in JSON', '{"a": 1,\n"a": 2}', 'f.yaml:2'],
    ['JSON that is nested too deep', `{"a": ${'['.repeat(600)}${']'.repeat(600)}}`, 'f.yaml:1'],
    ['what is no JSON behind JSON', '{"a": 1}\n{"b": }', 'f.yaml:2'],
  ])('%s', (_, text, where) => {
    expect(read(text).problems.map((problem) => problem.where)).toEqual([where]);
  });

  it('may use anchors as people do', () => {
    const { values, problems } = read('a: &x {b: [1, 2]}\nc: *x\nd: {<<: *x, e: 1}\n');
    expect(problems).toEqual([]);
    expect(values).toEqual([{ a: { b: [1, 2] }, c: { b: [1, 2] }, d: { b: [1, 2], e: 1 } }]);
  });
});

function bomb(): string {
  const level = (index: number) =>
    `a${index}: &a${index} [${Array(9)
      .fill(`*a${index - 1}`)
      .join(', ')}]\n`;
  const levels = Array.from({ length: 29 }, (_, index) => level(index + 1));
  return `a0: &a0 [x, x, x, x, x, x, x, x, x]
${levels.join('')}`;
}

function deepMaps(): string {
  return Array.from({ length: 2_000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('');
}

function deepAliases(): string {
  const [open, close] = ['['.repeat(300), ']'.repeat(300)];
  return `a: &a ${open}${close}
b: ${open}*a${close}
`;
}

describe('lines', () => {
  const text = [
    '# a comment', // 1
    'apiVersion: v1', // 2
    'kind: Pod', // 3
    'metadata:', // 4
    '  annotations:', // 5
    '    example.com/a.b: x', // 6
    'spec:', // 7
    '  containers:', // 8
    '    - name: one', // 9
    '      image: x', // 10
    '    - {name: two,', // 11
    '       image: y}', // 12
  ];
  const PATHS: readonly (readonly [string, number])[] = [
    ['', 2],
    ['kind', 3],
    ['metadata.annotations.example.com/a.b', 6],
    ['spec.containers', 8],
    ['spec.containers[0]', 9],
    ['spec.containers[0].image', 10],
    ['spec.containers[1].image', 12],
    ['spec.containers[0].securityContext.privileged', 9],
    ['spec.containers[7].image', 8],
    ['spec.hostNetwork', 7],
  ];

  it.each(PATHS)('%s is on line %d, or what is nearest above it', (path, line) => {
    for (const before of [0, 1, 3]) {
      const documents = [...Array(before).fill('x: 1\n---'), ...text].join('\n');
      expect(read(documents).documents.at(-1)!.lineOf(path)).toBe(line + 2 * before);
    }
  });

  it('are found after other documents were read, too', () => {
    const [first, second] = read('a: 1\nb: 2\n---\nc: 3\nd: 4\n').documents;
    expect([first!.lineOf('b'), second!.lineOf('d'), first!.lineOf('a')]).toEqual([2, 5, 1]);
  });

  it('are found in JSON', () => {
    expect(read('{"a": 1,\n\t"b": {\n\t"c": "x"}}').documents[0]!.lineOf('b.c')).toBe(3);
  });
});

describe('objects', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
  it('of a list are taken one by one, with their place', () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [pod, { apiVersion: 'v1', kind: 'List', items: [pod] }],
    };
    expect([...objectsOf(list)]).toEqual([
      { manifest: pod, path: 'items[0]' },
      { manifest: pod, path: 'items[1].items[0]' },
    ]);
  });

  it('of a typed list have its type', () => {
    const list = { apiVersion: 'v1', kind: 'PodList', items: [{ metadata: { name: 'a' } }] };
    expect([...objectsOf(list)]).toEqual([{ manifest: pod, path: 'items[0]' }]);
  });

  it.each([
    ['a list', [], ''],
    ['a text', 'x', ''],
    ['no apiVersion', { kind: 'Pod' }, ''],
    ['no kind', { apiVersion: 'v1' }, ''],
    ['a kind that is no text', { apiVersion: 'v1', kind: 1 }, ''],
    ['metadata that are no map', { ...pod, metadata: 'x' }, 'metadata'],
    ['a name that is no text', { ...pod, metadata: { name: true } }, 'metadata.name'],
    ['an item that is none', { apiVersion: 'v1', kind: 'List', items: [1] }, 'items[0]'],
  ])('%s: no object', (_, value, path) => {
    expect([...objectsOf(value)]).toEqual([{ reason: expect.stringMatching(/\.$/), path }]);
  });
});

describe('whatever the text', () => {
  const SAMPLE =
    'apiVersion: v1\nkind: Pod\nmetadata: &a\n  name: "x"\n---\n- *a\n- {a: [1, b], <<: *a}\n- |\n  t\n';
  const pieces = fc.constantFrom(
    '---\n',
    '...\n',
    ': ',
    '- ',
    '&a ',
    '*a',
    '<<: ',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|\n',
    '!!int ',
    '\t',
    '\r',
    '\u2028',
    '{{',
    '#',
    '? ',
    '\n  ',
  );
  const mutated = fc
    .array(fc.tuple(fc.nat(SAMPLE.length), fc.nat(4), pieces), { maxLength: 6 })
    .map((changes) =>
      changes.reduce((text, [at, cut, piece]) => text.slice(0, at) + piece + text.slice(at + cut), SAMPLE),
    );

  it.each([
    ['mutated YAML', mutated],
    ['any text', fc.string({ unit: 'binary', maxLength: 200 })],
    ['the signs of YAML', fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''))],
  ])('%s: documents or problems, soon, and never anything else', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const start = performance.now();
        const { documents, problems } = read(text);
        const lines = text.split('\n').length;
        for (const { value, lineOf } of documents) {
          for (const found of objectsOf(value)) expect(lineOf(found.path)).toBeLessThanOrEqual(lines);
          expect(typeof JSON.stringify(value)).toBe('string');
        }
        for (const { where } of problems)
          expect(Number(/^f\.yaml:(\d+)$/.exec(where)![1])).toBeLessThanOrEqual(lines + 1);
        expect(performance.now() - start).toBeLessThan(5_000);
      }),
      { numRuns: 1_000 },
    );
  });

  it('one by one or together, documents are read alike', () => {
    fc.assert(
      fc.property(mutated, mutated, (a, b) => {
        const parts = [...`${a}\n---\n${b}`.split(/^---.*\n/m)].filter((part) => !part.includes('\r'));
        const alone = parts.flatMap((part) => read(part).values);
        expect(read(parts.join('\n---\n')).values).toEqual(alone);
      }),
      { numRuns: 500 },
    );
  });
});
