import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { init, writeProject } from '../../../cli/init';
import { initOptions } from '../../../cli/init-options';
import { installedFrom } from '../../../cli/installed-from';
import { dependencyFor, projectFiles } from '../../../cli/scaffold';
import { temporaryFolder } from '../support/folders';
import { places, problemsOf } from '../support/problems';

// Its own functions cannot be replaced.
jest.mock('node:fs', () => ({ ...jest.requireActual<object>('node:fs') }));

const ROOT = join(__dirname, '../../..');
const TEMPLATE = join(ROOT, 'templates/application');
const { mkdirSync, readdirSync, readFileSync, writeFileSync, existsSync } = fs;
const json = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T;

beforeEach(() => jest.spyOn(console, 'log').mockImplementation());
afterEach(() => jest.restoreAllMocks());

describe('the command line', () => {
  test('the name is that of the folder, or the one that is given', () => {
    expect(initOptions('a/shop', {}, '/home')).toEqual({ folder: '/home/a/shop', name: 'shop' });
    expect(initOptions('.', { name: 'orders', keelson: ' ^1.0.0 ' }, '/home/Shop')).toEqual({
      folder: '/home/Shop',
      name: 'orders',
      keelson: '^1.0.0',
    });
  });

  test.each([
    'Shop',
    'my_shop',
    '-shop',
    'shop.',
    '',
    ' ',
    '../shop',
    'a'.repeat(64),
    'läden',
    '${PROJECT}',
    'x\ny',
  ])('refuses the name %j', (name) =>
    expect(places(problemsOf(() => initOptions('x', { name }, '/')))).toEqual(['--name [cli/usage]']),
  );

  test.each(['keelson', 'cdk8s', 'constructs', 'default', 'kube-system'])(
    'refuses the taken name %s',
    (name) =>
      expect(places(problemsOf(() => initOptions('x', { name }, '/')))).toEqual(['--name [cli/usage]']),
  );

  test('tells a folder whose name will not do, and everything that is wrong at once', () => {
    expect(places(problemsOf(() => initOptions('My Shop', { keelson: '' }, '/home')))).toEqual([
      '/home/My Shop [cli/usage]',
      '--keelson [cli/usage]',
    ]);
  });

  test('no name of any kind gets further than a DNS label', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 70 }), (name) => {
        try {
          expect(initOptions('x', { name }, '/').name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
        } catch (error) {
          expect((error as Error).name).toBe('KeelsonError');
        }
      }),
    );
  });
});

describe('the files', () => {
  const template = new Map(
    readdirSync(TEMPLATE).map((name) => [name, readFileSync(join(TEMPLATE, name), 'utf8')]),
  );

  test('no placeholder is left, in names and in texts', () => {
    const files = projectFiles(template, { name: 'shop', keelson: '^0.1.0' });
    expect([...files.keys()]).toContain('.gitignore');
    for (const [name, text] of files) expect(name + text).not.toMatch(/\$\{(?:PROJECT|DESCRIPTION)\}/);
    expect(files.get('Pulumi.yaml')).not.toContain('template:');
    expect(files.get('Pulumi.yaml')).toMatch(/secret: true\n$/);
  });

  test('the specification of keelson stands in package.json whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), (keelson) => {
        const text = projectFiles(template, { name: 'shop', keelson: keelson.replaceAll('${', '') }).get(
          'package.json',
        )!;
        const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
        expect(dependencies['keelson']).toBe(keelson.replaceAll('${', ''));
      }),
    );
  });

  test('a path is written as seen from the project, everything else as it is', () => {
    expect(dependencyFor('/home/a/shop', 'down/keelson.tgz', '/home')).toBe('file:../../down/keelson.tgz');
    expect(dependencyFor('/home/shop', 'file:/opt/keelson.tgz', '/home')).toBe('file:../../opt/keelson.tgz');
    for (const spec of [
      '^0.1.0',
      'https://packages.example/keelson.tgz',
      'git+ssh://git.example/keelson.git#v1',
    ])
      expect(dependencyFor('/home/shop', spec, '/home')).toBe(spec);
  });
});

test('the template asks for what keelson itself is tested with, and for its own version', () => {
  type Package = Record<'dependencies' | 'devDependencies', Record<string, string>>;
  const own = json<Package & { version: string }>(join(ROOT, 'package.json'));
  const { dependencies, devDependencies } = json<Package>(join(TEMPLATE, 'package.json'));
  const { keelson, ...others } = { ...dependencies, ...devDependencies };
  expect(keelson).toBe(`file:keelson-${own.version}.tgz`);
  expect(Object.keys(others)).toEqual(
    expect.arrayContaining(['cdk8s', 'cdk8s-plus-27', 'constructs', 'typescript']),
  );
  for (const [name, version] of Object.entries(others))
    expect([name, own.devDependencies[name]]).toEqual([name, version]);
});

describe('writing', () => {
  const project = (folder: string) => ({ folder, name: 'shop', keelson: '^0.1.0' });

  test('makes folders that are missing, and takes one that is empty but for a repository', () => {
    const folder = temporaryFolder();
    writeProject(project(join(folder, 'a/b')));
    expect(existsSync(join(folder, 'a/b/package.json'))).toBe(true);
    mkdirSync(join(folder, 'c/.git'), { recursive: true });
    writeProject(project(join(folder, 'c')));
    expect(existsSync(join(folder, 'c/.gitignore'))).toBe(true);
  });

  test('says what it wrote and how to go on', () => {
    const folder = temporaryFolder();
    init(join(folder, 'shop'), { keelson: '^0.1.0' });
    const [said] = (console.log as jest.Mock).mock.calls.flat() as string[];
    expect(said).toMatch(/^Wrote shop \(\.gitignore, .*\n {2}cd .*shop\n {2}npm install\n {2}npm test\n/s);
  });

  test('refuses a folder with something in it, names that, and leaves it alone', () => {
    const folder = temporaryFolder();
    for (const name of ['.env', 'b', 'c', 'd', 'e', 'f', 'g']) writeFileSync(join(folder, name), '');
    const [problem] = problemsOf(() => writeProject(project(folder)));
    expect(problem).toMatchObject({
      code: 'init/folder',
      where: folder,
      message: 'It holds .env, b, c, d, e and 2 more.',
    });
    expect(readdirSync(folder)).toHaveLength(7);
    expect(places(problemsOf(() => writeProject(project(join(folder, 'b')))))).toEqual([
      `${join(folder, 'b')} [init/folder]`,
    ]);
  });

  test('a write that fails leaves nothing, not even the folders it made', () => {
    const folder = temporaryFolder();
    const write = jest.spyOn(fs, 'writeFileSync');
    let writes = 0;
    write.mockImplementation((...args) => {
      if (++writes === 8) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      (jest.requireActual('node:fs') as typeof fs).writeFileSync(...args);
    });
    const [problem] = problemsOf(() => writeProject(project(join(folder, 'a/shop'))));
    expect(problem).toMatchObject({
      code: 'init/folder',
      message: 'The project cannot be written (ENOSPC).',
    });
    expect(writes).toBe(8);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('what came there meanwhile is neither overwritten nor taken away', () => {
    const folder = temporaryFolder();
    const write = jest.spyOn(fs, 'writeFileSync');
    write.mockImplementationOnce((path) => {
      writeFileSync(join(dirname(path as string), 'package.json'), 'mine');
      throw Object.assign(new Error('taken'), { code: 'EEXIST' });
    });
    expect(problemsOf(() => writeProject(project(folder)))[0]!.message).toContain('EEXIST');
    expect(readdirSync(folder)).toEqual(['package.json']);
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe('mine');
  });

  test('without a source of keelson it writes nothing: a clone has none, and a tarball has to be there', () => {
    const folder = temporaryFolder();
    const clone = problemsOf(() => writeProject({ folder: join(folder, 'shop'), name: 'shop' }));
    expect(places(clone)).toEqual(['--keelson [cli/usage]']);
    const missing = problemsOf(() =>
      writeProject({ ...project(join(folder, 'shop')), keelson: join(folder, 'no.tgz') }),
    );
    expect(missing[0]).toMatchObject({
      where: '--keelson',
      message: `There is no ${join(folder, 'no.tgz')}.`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('where an installed keelson came from', () => {
  const installed = (entry: object | undefined, name = 'node_modules') => {
    const root = join(temporaryFolder(), name, 'keelson');
    mkdirSync(root, { recursive: true });
    if (entry !== undefined)
      writeFileSync(
        join(dirname(root), '.package-lock.json'),
        JSON.stringify({ packages: { [`node_modules/${basename(root)}`]: { version: '0.1.0', ...entry } } }),
      );
    return root;
  };

  test('a tarball, by its path', () => {
    const root = installed({ resolved: 'file:../down/keelson-0.1.0.tgz' });
    expect(installedFrom(root)).toBe(join(root, '../../../down/keelson-0.1.0.tgz'));
  });

  test('a registry, by the range of versions; another address as it is', () => {
    const range = (entry: object) => installedFrom(installed(entry));
    expect(range({ resolved: 'https://packages.example/npm/keelson/-/keelson-0.1.0.tgz' })).toBe('^0.1.0');
    expect(range({})).toBe('^0.1.0');
    const git = 'git+ssh://git@git.example/keelson.git#0123456789abcdef0123456789abcdef01234567';
    expect(range({ resolved: git })).toBe(git);
    expect(range({ resolved: 'https://files.example/keelson.tgz' })).toBe(
      'https://files.example/keelson.tgz',
    );
  });

  test('a clone, a link and another package manager say nothing', () => {
    expect(installedFrom(installed({}, 'source'))).toBeUndefined();
    expect(installedFrom(installed({ resolved: '../keelson', link: true }))).toBeUndefined();
    expect(installedFrom(installed(undefined))).toBeUndefined();
  });
});
