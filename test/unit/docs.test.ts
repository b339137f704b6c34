/** The docs are true: their code compiles, their commands are run by the gate, their links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as ts from 'typescript';

const PROJECT = resolve(__dirname, '../..');
const PAGES = ['README.md', ...readdirSync(join(PROJECT, 'docs')).map((name) => join('docs', name))];

function blocks(page: string, language: string): string[] {
  const text = readFileSync(join(PROJECT, page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    (match) => match[1]!,
  );
}

test('every ts block compiles', () => {
  const sources = new Map(
    PAGES.flatMap((page) =>
      blocks(page, 'ts').map((code, index) => [
        join(PROJECT, `${page.replace(/\W/g, '-')}-${index}.ts`),
        code,
      ]),
    ),
  );
  expect(sources.size).toBeGreaterThan(1);
  const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT);
  const compilerOptions: ts.CompilerOptions = {
    ...options,
    noEmit: true,
    incremental: false,
    tsBuildInfoFile: undefined,
    noUnusedLocals: false,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    paths: {
      keelson: ['./constructs/index.ts'],
      'keelson/node': ['./constructs/node/index.ts'],
      'keelson/control-plane': ['./constructs/control-plane/index.ts'],
      'keelson/policies': ['./policies/index.ts'],
      'keelson/images': ['./images/lock-file.ts'],
      'keelson/provider': ['./provider/index.ts'],
      'keelson/stacks': ['./stacks/index.ts'],
      'keelson/synth': ['./stacks/dist.ts'],
    },
  };
  const host = ts.createCompilerHost(compilerOptions);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => sources.get(name) ?? readFile(name);
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  host.getSourceFile = (name, version) => {
    const text = sources.get(name);
    return text === undefined ? getSourceFile(name, version) : ts.createSourceFile(name, text, version);
  };
  const program = ts.createProgram([...sources.keys()], compilerOptions, host);
  const problems = [...sources.keys()].flatMap((name) => {
    const file = program.getSourceFile(name)!;
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  });
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
}, 60_000);

test('every command of the README is run by the gate', () => {
  const gate = readFileSync(join(PROJECT, '.ci/run'), 'utf8');
  const commands = blocks('README.md', 'sh')
    .join('\n')
    .split(/\n|&&/)
    .map((command) => command.trim())
    .filter((command) => command !== '');
  expect(commands.length).toBeGreaterThan(3);
  expect(commands.filter((command) => !gate.includes(command))).toEqual([]);
});

test('every command of the README is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = [...readFileSync(join(PROJECT, 'README.md'), 'utf8').matchAll(/`npm (?:run )?([a-z:]+)`/g)];
  const unknown = named.map((match) => match[1]!).filter((name) => name !== 'ci' && !(name in scripts));
  expect(unknown).toEqual([]);
});

test('every link of the docs leads to a file', () => {
  const dead = PAGES.flatMap((page) => {
    const text = readFileSync(join(PROJECT, page), 'utf8');
    return [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map((match) => match[1]!)
      .filter((link) => !existsSync(join(PROJECT, dirname(page), link)))
      .map((link) => `${page}: ${link}`);
  });
  expect(dead).toEqual([]);
});

test('no page and no source names a package registry or a path of a machine', () => {
  const hosts = ['registry.' + 'npmjs', 'proxy.' + 'golang', 'sum.' + 'golang', 'pypi.' + 'org'];
  const text = PAGES.map((page) => readFileSync(join(PROJECT, page), 'utf8')).join('\n');
  expect([...hosts, '/ro' + 'ot/', '/wo' + 'rk/'].filter((word) => text.includes(word))).toEqual([]);
});
