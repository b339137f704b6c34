import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { cached, readImage, RegistrySource, type RegistryOptions } from '../../../images';
import { parseChallenge } from '../../../images/registry/challenge';
import { accountFor } from '../../../images/registry/credentials';
import { parseImageReference } from '../../../model';
import { temporaryFolder } from '../support/folders';
import { testImage } from '../support/images';
import { problemsOfAsync } from '../support/problems';
import { serveImage, serverKeys, startServer, type ServerKeys, type TestServer } from '../support/registry';

const SECRET = 'hunter2-sesame';
const BASIC = `Basic ${Buffer.from(`user:${SECRET}`).toString('base64')}`;

const image = testImage({ architecture: 'amd64', config: { User: '1000' } }, { architecture: 'arm64' });
const serve = serveImage(image);

let keys: ServerKeys;
let registry: TestServer;
let home: string;

beforeAll(async () => {
  keys = await serverKeys();
});

beforeEach(async () => {
  registry = await startServer(serve, keys);
  home = temporaryFolder();
});

const options = (changes: Partial<RegistryOptions> = {}): RegistryOptions => ({
  env: { DOCKER_CONFIG: home, HOME: home },
  ca: [keys.authority.certificate!],
  ...changes,
});
const source = (name = 'app:1', changes: Partial<RegistryOptions> = {}): RegistrySource =>
  new RegistrySource(parseImageReference(`${registry.host}/${name}`)!, options(changes));
const refusal = async (changes: Partial<RegistryOptions> = {}, name = 'app:1'): Promise<string> => {
  const problems = await problemsOfAsync(() => readImage(source(name, changes)));
  expect(problems.map(({ code }) => code)).toEqual(['image/unreadable']);
  const { message, fix, where } = problems[0]!;
  expect(`${message} ${fix} ${where}`).not.toContain(SECRET);
  expect(`${message} ${fix}`).not.toContain(BASIC.slice(6));
  return message;
};
const login = (host: string, account: object = { auth: BASIC.slice(6) }, more: object = {}): void =>
  writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { [host]: account }, ...more }));

describe('a registry', () => {
  it('is asked over TLS, and layers are not fetched', async () => {
    const { digest, facts } = await readImage(source());
    expect(digest).toBe(image.digest);
    expect(facts.platforms.map(({ platform, config }) => [platform, config?.user])).toEqual([
      ['linux/amd64', '1000'],
      ['linux/arm64', ''],
    ]);
    expect(registry.asked.map(({ url }) => url.slice(0, 30))).toHaveLength(5);
    expect(registry.asked.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  it('whose certificate nobody trusts is not asked', async () => {
    const problems = await problemsOfAsync(() =>
      readImage(new RegistrySource(parseImageReference(`${registry.host}/app:1`)!, { env: options().env })),
    );
    expect(problems[0]!.message).toMatch(/cannot be asked \((UNABLE_TO|SELF_SIGNED|DEPTH)/);
    expect(registry.asked).toEqual([]);
  });

  it('is asked without TLS only where that is said, and on this machine', async () => {
    registry = await startServer(serve);
    expect(await refusal()).toContain('cannot be asked');
    expect((await readImage(source('app:1', { plainHttp: true }))).digest).toBe(image.digest);
    const away = new RegistrySource(
      parseImageReference('registry.invalid/app:1')!,
      options({ plainHttp: true }),
    );
    // With TLS, and so not found; a plain request would not be found either, so look at where it would go.
    expect(JSON.stringify(away)).toContain('https://registry.invalid/');
  });

  it('that is not there, or has no such image, is told', async () => {
    expect(await refusal({}, 'app:2')).toContain('no such image');
    expect(await refusal({}, `app@sha256:${'0'.repeat(64)}`)).toContain('does not have');
    registry = { ...registry, host: '127.0.0.1:1' };
    expect(await refusal()).toContain('ECONNREFUSED');
  });

  it.each([500, 429, 403])('that answers with %d is told', async (status) => {
    registry.handler = (_request, response) => response.writeHead(status).end(SECRET);
    expect(await refusal()).toContain(`status ${status}`);
  });

  it('that sends something else than it says is not believed', async () => {
    registry.handler = (request, response) => {
      if (request.url!.endsWith('/1')) {
        response.writeHead(200, { 'docker-content-digest': `sha256:${'0'.repeat(64)}` });
        response.end(image.blobs.get(image.digest));
      } else serve(request, response);
    };
    expect(await refusal()).toContain('The registry says sha256:000');
    registry.handler = (request, response) =>
      request.url!.includes(image.configs[0]!) ? response.end('{}') : serve(request, response);
    expect(await refusal()).toContain(`${image.configs[0]} has another digest`);
  });

  it('that sends without end is cut off', async () => {
    registry.handler = (_request, response) => {
      const chunk = Buffer.alloc(2 ** 20, 32);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more).on('error', () => undefined);
      more();
    };
    expect(await refusal()).toContain('more than 4 MiB');
  });

  it('that is silent, or sends drop by drop, is given up', async () => {
    const after = AbortSignal.timeout.bind(AbortSignal);
    const short = jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => after(200));
    try {
      registry.handler = () => undefined;
      expect(await refusal()).toContain('does not answer within 30 s');
      const drops: NodeJS.Timeout[] = [];
      registry.handler = (_request, response) =>
        void drops.push(setInterval(() => response.destroyed || response.write(' '), 20));
      expect(await refusal()).toContain('does not answer within 30 s');
      drops.forEach((drop) => clearInterval(drop));
      expect(short.mock.calls).toEqual([[30_000], [30_000]]);
    } finally {
      short.mockRestore();
    }
  });

  it('that breaks off is told, and an interrupt ends it', async () => {
    registry.handler = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await refusal()).toContain('cannot be asked');
    registry.handler = () => undefined;
    const interrupt = new AbortController();
    setTimeout(() => interrupt.abort(new Error('interrupted')), 50);
    await expect(readImage(source('app:1', { signal: interrupt.signal }))).rejects.toThrow('interrupted');
  });
});

describe('the cache', () => {
  it('makes a second read by digest need no network, and heals itself', async () => {
    const folder = join(temporaryFolder(), 'images');
    const byDigest = `app@${image.digest}`;
    const first = await readImage(cached(source(byDigest), folder));
    const count = registry.asked.length;
    expect(await readImage(cached(source(byDigest), folder))).toEqual(first);
    expect(registry.asked.length).toBe(count);
    for (const file of readdirSync(folder)) writeFileSync(join(folder, file), '{}');
    expect(await readImage(cached(source(byDigest), folder))).toEqual(first);
    expect(registry.asked.length).toBe(2 * count);
  });

  it('asks about a tag each time, and for nothing else', async () => {
    const folder = temporaryFolder();
    await readImage(cached(source(), folder));
    registry.asked.splice(0);
    await readImage(cached(source(), folder));
    expect(registry.asked.map(({ url }) => url)).toEqual(['/v2/app/manifests/1']);
  });

  it('that cannot be written is told', async () => {
    const folder = join(temporaryFolder(), 'file');
    writeFileSync(folder, '');
    const problems = await problemsOfAsync(() => readImage(cached(source(), folder)));
    expect(problems[0]).toMatchObject({ code: 'image/unreadable', where: folder });
    expect(problems[0]!.message).toMatch(/cannot be written \(E[A-Z]+\)/);
  });

  it('keeps nothing that has another digest', async () => {
    const folder = temporaryFolder();
    registry.handler = (_request, response) => response.end('{}');
    await problemsOfAsync(() => readImage(cached(source(`app@${image.digest}`), folder)));
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('an account', () => {
  const basic = (): void => {
    registry.handler = (request, response) =>
      request.headers.authorization === BASIC
        ? serve(request, response)
        : response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end();
  };

  it('is sent where the registry asks for it', async () => {
    basic();
    expect(await refusal()).toContain('status 401');
    login(registry.host);
    expect((await readImage(source())).digest).toBe(image.digest);
    login(`https://${registry.host}/v1/`, { username: 'user', password: SECRET });
    expect((await readImage(source())).digest).toBe(image.digest);
  });

  it('is not sent to a registry that does not ask, nor that of another', async () => {
    login(registry.host);
    await readImage(source());
    expect(registry.asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    basic();
    login('other.example');
    expect(await refusal()).toContain('status 401');
    expect(registry.asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  });

  it('that is wrong is tried once', async () => {
    registry.handler = (_request, response) =>
      response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end();
    login(registry.host);
    expect(await refusal()).toContain('status 401');
    expect(registry.asked).toHaveLength(2);
  });

  it('goes to no other server that the registry redirects to, and never without TLS', async () => {
    const storage = await startServer(serve, keys);
    registry.handler = (request, response) => {
      if (request.headers.authorization !== BASIC)
        response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"' }).end();
      else if (request.url!.includes('/blobs/'))
        response
          .writeHead(307, { location: `https://${storage.host}${request.url!}?signature=${SECRET}` })
          .end();
      else serve(request, response);
    };
    storage.handler = (request, response) => {
      request.url = request.url!.split('?')[0]!;
      serve(request, response);
    };
    login(registry.host);
    expect((await readImage(source())).digest).toBe(image.digest);
    expect(storage.asked.length).toBe(2);
    expect(storage.asked.filter(({ authorization }) => authorization !== undefined)).toEqual([]);

    storage.handler = (_request, response) => response.writeHead(500).end();
    expect(await refusal()).toContain('status 500');
    registry.handler = (_request, response) =>
      response.writeHead(302, { location: `http://${storage.host}/?signature=${SECRET}` }).end();
    expect(await refusal()).toContain('without TLS');
    registry.handler = (request, response) => response.writeHead(302, { location: request.url! }).end();
    expect(await refusal()).toContain('redirects too often');
    registry.handler = (_request, response) => response.writeHead(302, { location: 'https://:' }).end();
    expect(await refusal()).toContain('no address');
  });

  it('is not given to whom another server names, to which the registry redirects', async () => {
    const thief = await startServer((_request, response) => response.end('{"token":"t"}'), keys);
    const storage = await startServer((_request, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="https://${thief.host}/token"` }).end();
    }, keys);
    registry.handler = (request, response) =>
      response.writeHead(307, { location: `https://${storage.host}${request.url!}` }).end();
    login(registry.host);
    expect(await refusal()).toContain('status 401');
    expect(thief.asked).toEqual([]);
  });

  it('of a credential helper is not used, and that is told', async () => {
    basic();
    login('other.example', {}, { credHelpers: { [registry.host]: 'nobody-runs-this' } });
    expect(await refusal()).toContain('credential helper');
    login('other.example', {}, { credsStore: 'nobody-runs-this' });
    expect(await refusal()).toContain('credential helper');
  });

  it('in a configuration that is not valid stops the read, without showing it', async () => {
    basic();
    writeFileSync(join(home, 'config.json'), `{"auths": "${SECRET}`);
    expect(await refusal()).toContain('no JSON');
    rmSync(join(home, 'config.json'));
    symlinkSync('config.json', join(home, 'config.json'));
    expect(await refusal()).toContain('ELOOP');
    rmSync(join(home, 'config.json'));
    login(registry.host, { auth: `${SECRET}\r\nx: y` });
    expect(await refusal()).toContain('is not valid');
  });

  it('of the default registry has a name of its own', async () => {
    login('https://index.docker.io/v1/');
    expect(await accountFor('docker.io', { DOCKER_CONFIG: home })).toEqual({ authorization: BASIC });
    mkdirSync(join(home, '.docker'));
    writeFileSync(join(home, '.docker', 'config.json'), '{}');
    expect(await accountFor('docker.io', { HOME: home })).toEqual({});
  });
});

describe('a token', () => {
  let tokens: TestServer;
  const TOKEN = `token-${SECRET}`;

  beforeEach(async () => {
    tokens = await startServer((_request, response) => response.end(JSON.stringify({ token: TOKEN })), keys);
    challenge(`https://${tokens.host}/token`);
  });
  const challenge = (realm: string): void => {
    registry.handler = (request, response) =>
      request.headers.authorization === `Bearer ${TOKEN}`
        ? serve(request, response)
        : response
            .writeHead(401, {
              'www-authenticate': `Bearer realm="${realm}",service="the registry",scope="repository:other:pull,push"`,
            })
            .end();
  };

  it('is asked for, once, to pull this repository and nothing else', async () => {
    expect((await readImage(source())).digest).toBe(image.digest);
    expect(tokens.asked).toEqual([{ url: '/token?service=the+registry&scope=repository%3Aapp%3Apull' }]);
  });

  it('is asked for with the account, which the registry does not get', async () => {
    login(registry.host);
    await readImage(source());
    expect(tokens.asked.map(({ authorization }) => authorization)).toEqual([BASIC]);
    expect(registry.asked.filter(({ authorization }) => authorization === BASIC)).toEqual([]);
  });

  it('is not asked for without TLS', async () => {
    login(registry.host);
    const plain = await startServer((_request, response) => response.end(JSON.stringify({ token: TOKEN })));
    challenge(`http://${plain.host}/token`);
    expect(await refusal()).toContain('without TLS');
    expect(plain.asked).toEqual([]);
  });

  it.each<[string, string]>([
    ['no JSON', 'hello'],
    ['none', '{}'],
    ['one that breaks the header', JSON.stringify({ token: 'a\r\nb: c' })],
    ['one that is no text', '{"token":1}'],
    ['null', 'null'],
  ])('that is %s is refused', async (_what, body) => {
    tokens.handler = (_request, response) => response.end(body);
    expect(await refusal()).toContain('gives no token');
  });

  it('that is refused is told', async () => {
    tokens.handler = (_request, response) => response.writeHead(401).end();
    expect(await refusal()).toContain(`${tokens.host} answers with status 401`);
    challenge(`https://${tokens.host}/token`);
    tokens.handler = (_request, response) => response.end(JSON.stringify({ access_token: 'stale' }));
    expect(await refusal()).toContain(`${registry.host} answers with status 401`);
  });
});

describe('parseChallenge', () => {
  it('knows what registries ask for', () => {
    expect(parseChallenge('Bearer realm="https://a.example/t",service="s"')).toEqual({
      scheme: 'bearer',
      realm: 'https://a.example/t',
      service: 's',
    });
    expect(parseChallenge('bearer realm="https://a.example/t"')).toEqual({
      scheme: 'bearer',
      realm: 'https://a.example/t',
    });
    expect(parseChallenge('Basic realm="x"')).toEqual({ scheme: 'basic' });
    for (const other of [undefined, '', 'Negotiate', 'Bearer', 'Bearer realm="/token"', 'Basics'])
      expect(parseChallenge(other)).toBeUndefined();
  });

  it('answers every text in no time', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseChallenge(`Bearer ${text}`)));
    const started = Date.now();
    parseChallenge(`Bearer ${'a="'.repeat(1_000_000)}`);
    expect(Date.now() - started).toBeLessThan(1000);
  });
});
