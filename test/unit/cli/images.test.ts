import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addImages } from '../../../cli/images';
import { wantedImages } from '../../../cli/images-options';
import type { ImageLock } from '../../../model';
import { contentOf, temporaryFolder } from '../support/folders';
import { layoutFiles, testImage, writeFiles } from '../support/images';
import { places, problemsOf, problemsOfAsync } from '../support/problems';
import { serveImage, serverKeys, startServer, type ServerKeys, type TestServer } from '../support/registry';

const first = testImage({ architecture: 'amd64', config: { User: '1000' } });
const second = testImage({ architecture: 'amd64', config: { User: '' } }, { architecture: 'arm64' });

let keys: ServerKeys;
let registry: TestServer;
let folder: string;
let file: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  keys = await serverKeys();
});

beforeEach(async () => {
  registry = await startServer(serveImage(first), keys);
  folder = temporaryFolder();
  file = join(folder, 'images.json');
  const home = temporaryFolder();
  env = { HOME: home, KEELSON_CACHE: join(home, 'cache') };
  writeFileSync(join(home, 'ca.pem'), keys.authority.certificate!);
});

/** Runs the command, and returns what it prints. */
async function add(sources: readonly string[], flags: object = {}): Promise<string> {
  const print = jest.spyOn(process.stdout, 'write').mockImplementation(((
    _text: string,
    done?: () => void,
  ) => {
    done?.();
    return true;
  }) as never);
  try {
    await addImages(sources, { file, caFile: join(env['HOME']!, 'ca.pem'), ...flags }, env);
    return print.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    print.mockRestore();
  }
}
const lock = (): ImageLock => JSON.parse(readFileSync(file, 'utf8')) as ImageLock;

describe('keelson images add', () => {
  it('prints the reference to paste, and notes the image', async () => {
    const name = `${registry.host}/app:1`;
    expect(await add([name])).toBe(`${name}@${first.digest}\n  linux/amd64: user 1000\n`);
    expect(lock().tags).toEqual({ [name]: first.digest });
    expect(lock().images[first.digest]!.platforms[0]!.config!.user).toBe('1000');
  });

  it('writes the same bytes again, and adds beside what is there', async () => {
    await add([`${registry.host}/app:1`]);
    const before = contentOf(folder);
    await add([`${registry.host}/app:1`]);
    expect(contentOf(folder)).toEqual(before);
    const path = writeFiles(temporaryFolder(), layoutFiles([second]));
    expect(await add([path], { as: 'other.example/app:2' })).toBe(
      `other.example/app:2@${second.digest}\n  linux/amd64: user root (none named)\n  linux/arm64: user root (none named)\n`,
    );
    expect(Object.keys(lock().tags)).toEqual([`${registry.host}/app:1`, 'other.example/app:2']);
    expect(readdirSync(folder)).toEqual(['images.json']);
  });

  it('refuses a tag that moved, and takes it where that is asked for', async () => {
    const name = `${registry.host}/app:1`;
    await add([name]);
    const before = contentOf(folder);
    registry.handler = serveImage(second);
    const problems = await problemsOfAsync(() => add([name]));
    expect(places(problems)).toEqual([`${name} [image/lock]`]);
    expect(problems[0]!.message).toBe(`The tag has moved from ${first.digest} to ${second.digest}.`);
    expect(contentOf(folder)).toEqual(before);
    expect(await add([name], { update: true })).toContain(`moved from ${first.digest} to ${second.digest}`);
    expect(lock().tags).toEqual({ [name]: second.digest });
  });

  it('tells everything that cannot be read, and then writes nothing', async () => {
    const wrong = [
      `${registry.host}/app:2`,
      './missing',
      `${registry.host}/app:1`,
      `${registry.host}/other:1`,
    ];
    const problems = await problemsOfAsync(() => add(wrong));
    expect(places(problems)).toEqual([
      `${registry.host}/app:2 [image/unreadable]`,
      './missing [image/unreadable]',
      `${registry.host}/other:1 [image/unreadable]`,
    ]);
    expect(existsSync(file)).toBe(false);
  });

  it('does not overwrite a file that is no lock, nor write where it may not', async () => {
    writeFileSync(file, 'mine');
    expect(places(await problemsOfAsync(() => add([`${registry.host}/app:1`])))).toEqual([
      `${file} [image/lock]`,
    ]);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    const below = join(file, 'images.json');
    expect(places(await problemsOfAsync(() => add([`${registry.host}/app:1`], { file: below })))).toEqual([
      `${below} [image/lock]`,
    ]);
  });

  it('shows nothing that moves the cursor', async () => {
    const odd = testImage({ architecture: 'amd64', config: { User: 'x\u001b[2J' } });
    const path = writeFiles(temporaryFolder(), layoutFiles([odd]));
    expect(await add([path])).toContain('user x\\u001b[2J');
  });

  it('wants a file with certificates', async () => {
    for (const caFile of [file, join(folder, 'missing')])
      expect(places(await problemsOfAsync(() => add([`${registry.host}/app:1`], { caFile })))).toEqual([
        '--ca-file [cli/usage]',
      ]);
  });
});

describe('wantedImages', () => {
  it('tells paths from names', () => {
    const wanted = wantedImages(['./a', '../b', '/c', 'nginx:1', '..'], {});
    expect(wanted.map((one) => ('path' in one ? one.path : one.reference.repository))).toEqual([
      './a',
      '../b',
      '/c',
      'library/nginx',
      '..',
    ]);
  });

  it('refuses everything that is not clear, at once', () => {
    const refused = problemsOf(() =>
      wantedImages(['NGINX', 'nginx', 'package.json', '.hidden'], { as: 'x y' }),
    );
    expect(refused.map(({ where, message }) => `${where}: ${message}`)).toEqual([
      '--as: "x y" is no name of an image.',
      '--as: It names what one path holds.',
      'NGINX: It is no name of an image.',
      'nginx: It has neither tag nor digest.',
      'package.json: It may be a file or a name.',
      '.hidden: It is no name of an image.',
    ]);
  });
});
