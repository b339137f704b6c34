import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../../../..');
const PAGE = readFileSync(join(ROOT, 'docs/workloads.md'), 'utf8');

/** The rows of the table whose first column is headed so: option and what the page says of it. */
function table(heading: string): ReadonlyMap<string, string> {
  const lines = PAGE.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  const rows = lines.slice(start + 2, lines.indexOf('', start));
  return new Map(
    rows.map((line) => {
      const [, option, here] = line.split('|').map((cell) => cell.trim());
      return [option!.replaceAll('`', ''), here!] as const;
    }),
  );
}

/** The properties of interfaces that a module exports. */
function properties(program: ts.Program, file: string, names: readonly string[]): readonly string[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  const found = checker.getExportsOfModule(module).filter(({ name }) => names.includes(name));
  expect(found.map(({ name }) => name).sort()).toEqual([...names].sort());
  const all = found.flatMap((symbol) =>
    checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).map(({ name }) => name),
  );
  return [...new Set(all)].sort();
}

const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod'];
const PLUS = join(dirname(require.resolve('cdk8s-plus-27/package.json')), 'lib/index.d.ts');
const OURS = join(ROOT, 'constructs/index.ts');
const program = ts.createProgram([PLUS, OURS], {
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  strict: true,
  esModuleInterop: true,
});

describe.each([
  ['workload and pod', KINDS.map((kind) => `${kind}Props`)],
  ['container', ['ContainerProps']],
])('the table of docs/workloads.md over %s', (heading, types) => {
  const rows = table(heading);

  it('has every option of cdk8s-plus, and no other', () => {
    expect([...rows.keys()].sort()).toEqual(properties(program, PLUS, types));
  });

  it('says "as there" of what is an option here, and gives a reason for what is refused', () => {
    const ours = properties(
      program,
      OURS,
      KINDS.map((kind) => `Hardened${kind}Props`),
    );
    for (const [option, here] of rows) {
      if (here === 'as there') expect(ours).toContain(option);
      else if (here.startsWith('refused')) {
        expect(here).toMatch(/^refused: .{15}/);
        if (option !== 'securityContext') expect(ours).not.toContain(option);
      } else {
        // Every option that the page names instead is one.
        const named = [...here.matchAll(/`([a-zA-Z]+)`/g)].map(([, name]) => name!);
        expect(named.length).toBeGreaterThan(0);
      }
    }
  });
});
