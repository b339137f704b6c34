/** docs/check.md, docs/images.md and docs/init.md agree with the commands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORMATS, PROFILES } from '../../../cli/check-options';
import { CONTROLS } from '../../../policies';
import { bySeverity } from '../../../report/check-report';
import { checkJson } from '../../../report/check-json';

const page = readFileSync(join(__dirname, '../../../docs/check.md'), 'utf8');
const main = readFileSync(join(__dirname, '../../../cli/main.ts'), 'utf8');

/** The options that a function of `cli/main.ts` adds. */
function optionsOf(name: string): readonly string[] {
  const from = main.indexOf(`function ${name}(`);
  const body = main.slice(from, main.indexOf('\n}\n', from));
  return [...body.matchAll(/\.option\('(--[a-z-]+)/g)].map((match) => match[1]!).sort();
}

test('the page about images names every option and no other', () => {
  const images = readFileSync(join(__dirname, '../../../docs/images.md'), 'utf8');
  const told = [...images.matchAll(/^\| `(--[a-z-]+)/gm)].map((match) => match[1]!).sort();
  expect(told.length).toBeGreaterThan(3);
  expect(told).toEqual(optionsOf('addImages'));
});

test('the page about new projects names every option and no other', () => {
  const init = readFileSync(join(__dirname, '../../../docs/init.md'), 'utf8');
  const told = [...init.matchAll(/^\| `(--[a-z-]+)/gm)].map((match) => match[1]!).sort();
  expect(told).toEqual(optionsOf('addInit'));
  expect(told).toEqual(['--keelson', '--name']);
});

test('the page about who is let in names every option of break-glass and no other', () => {
  const access = readFileSync(join(__dirname, '../../../docs/authentication.md'), 'utf8');
  const told = [...access.matchAll(/^\| `(--[a-z-]+)/gm)].map((match) => match[1]!).sort();
  expect(told).toEqual(['--for', '--person', '--state-dir']);
  const options = main.slice(main.indexOf('function addBreakGlass('));
  for (const option of told) expect(options.slice(0, options.indexOf('\n}\n'))).toContain(`'${option} <`);
});

test('the page names every option and no other', () => {
  const names = optionsOf('addCheck');
  const told = [...page.matchAll(/^\| `(--[a-z-]+)/gm)].map((match) => match[1]!).sort();
  expect(names.length).toBeGreaterThan(5);
  expect(told).toEqual(names);
});

test('the page names every format and profile', () => {
  for (const word of [...FORMATS, ...PROFILES]) expect(page).toContain(word);
});

test('its JSON has the shape that is written', () => {
  const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)![1]!) as Record<string, unknown[]>;
  const { file, line, ...finding } = example['findings']![0] as Record<string, unknown>;
  const written = JSON.parse(
    checkJson({
      findings: [{ ...finding, source: file, line } as never],
      problems: example['problems'] as never,
      controls: CONTROLS,
      summary: { ...(example['summary'] as never as object), findings: bySeverity([]) } as never,
    }),
  ) as Record<string, unknown[]>;
  expect(Object.keys(written)).toEqual(Object.keys(example));
  expect(Object.keys(written['findings']![0] as object).sort()).toEqual(
    Object.keys(example['findings']![0] as object).sort(),
  );
});
