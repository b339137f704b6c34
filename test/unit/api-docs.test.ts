/** Everything that the package exports is documented, and each option says what happens where it is left out. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const PROJECT = join(__dirname, '../..');

/** The entry points of `exports` in package.json, as sources. */
const { exports: entries } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
  exports: Record<string, string | Readonly<Record<string, string>>>;
};
const ENTRIES = Object.values(entries)
  .map((target) => (typeof target === 'string' ? target : (target.default ?? '')))
  .filter((target) => target.startsWith('./lib/'))
  .map((target) => join(PROJECT, target.replace('./lib/', '').replace(/\.js$/, '.ts')));

const program = ts.createProgram(ENTRIES, {
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  strict: true,
  esModuleInterop: true,
  skipLibCheck: true,
});
const checker = program.getTypeChecker();

/** Where a declaration stands, if it is ours. */
function placeOf(declaration: ts.Declaration, name: string): string | undefined {
  const { fileName } = declaration.getSourceFile();
  const file = relative(PROJECT, fileName);
  return file.startsWith('..') || file.startsWith('node_modules') ? undefined : `${file}: ${name}`;
}

const hasDocs = (symbol: ts.Symbol): boolean =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() !== '' ||
  symbol.getJsDocTags(checker).length > 0;

const exported = ENTRIES.flatMap((entry) =>
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)),
);
const symbols = [...new Set(exported)];

/** The public members of an exported class or interface that are declared here. */
function membersOf(symbol: ts.Symbol): readonly ts.Symbol[] {
  if ((symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) === 0) return [];
  const members = [...(symbol.members?.values() ?? [])];
  return members.filter((member) => {
    const declaration = member.valueDeclaration;
    if (declaration === undefined || ts.isConstructorDeclaration(declaration)) return false;
    if (ts.isPropertyDeclaration(declaration) && ts.isPrivateIdentifier(declaration.name)) return false;
    const modifiers = ts.getCombinedModifierFlags(declaration);
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
    return (modifiers & hidden) === 0 && (modifiers & ts.ModifierFlags.Override) === 0;
  });
}

it('there are entry points, and they export something', () => {
  expect(ENTRIES.length).toBeGreaterThan(5);
  expect(symbols.length).toBeGreaterThan(150);
});

it('every export says what it is', () => {
  const silent = symbols
    .filter((symbol) => !hasDocs(symbol))
    .map((symbol) => placeOf(symbol.declarations![0]!, symbol.name));
  expect(silent.filter((place) => place !== undefined)).toEqual([]);
});

/** What a name of one word says by itself: it repeats nothing to write it down. */
const PLAIN = new Set(['name', 'namespace', 'id', 'kind', 'title', 'control', 'owner', 'reason']);

it('every option says what happens where it is left out', () => {
  const silent = symbols.flatMap((symbol) =>
    /(Props|Options|Args)$/.test(symbol.name)
      ? membersOf(symbol)
          .filter(
            (member) =>
              (member.flags & ts.SymbolFlags.Optional) !== 0 &&
              !member.getJsDocTags(checker).some(({ name }) => name === 'default'),
          )
          .map((member) => placeOf(member.declarations![0]!, `${symbol.name}.${member.name}`))
      : [],
  );
  expect(silent.filter((place) => place !== undefined)).toEqual([]);
});

it('every method and option of a construct says what it does', () => {
  const silent = symbols.flatMap((symbol) =>
    membersOf(symbol)
      .filter((member) => !PLAIN.has(member.name) && !hasDocs(member))
      .filter(() => /(Props|Options|Args)$/.test(symbol.name) || (symbol.flags & ts.SymbolFlags.Class) !== 0)
      .map((member) => placeOf(member.declarations![0]!, `${symbol.name}.${member.name}`)),
  );
  expect(silent.filter((place) => place !== undefined)).toEqual([]);
});
