import { KINDS } from '../../../provider/kinds';
import { changesOf, NodesProvider } from '../../../provider/plugin';
import { Progress } from '../../../provider/progress';
import { secret, unknown } from '../../../provider/wire/values';

const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const CONNECTION = { host: '10.0.0.1', hostKey: `ssh-ed25519 ${'A'.repeat(68)}` };
const FILE = { kind: 'file', owner: 'root', group: 'root', mode: '0600', content: 'a' };

const provider = new NodesProvider('1.2.3', new Progress(undefined));
const urn = (kind: string) => `urn:pulumi:test::project::parent$keelson:node:${kind}::name`;
const kind = (name: string) => KINDS[`keelson:node:${name}`]!;

describe('changesOf', () => {
  const kept = { connection: CONNECTION, '/etc/a': FILE, '/etc/b': FILE };

  test('what is the same is no change, whatever the order of its names', () => {
    const turned = Object.fromEntries(Object.entries(FILE).reverse());
    expect(
      changesOf(kind('Files'), kept, { '/etc/b': FILE, '/etc/a': turned, connection: CONNECTION }),
    ).toEqual([]);
    expect(changesOf(kind('Files'), { ...kept, __defaults: [] }, kept)).toEqual([]);
    expect(changesOf(kind('Files'), kept, { ...kept, '/etc/c': undefined })).toEqual([]);
  });

  test.each(Object.keys(FILE))('another %s is a change, with the name of the file', (part) => {
    const given = { ...kept, '/etc/b': { ...FILE, [part]: 'other' } };
    expect(changesOf(kind('Files'), kept, given)).toEqual(['/etc/b']);
  });

  test('what is new, gone, or not known is a change', () => {
    const { '/etc/a': gone, ...rest } = kept;
    expect(changesOf(kind('Files'), kept, rest)).toEqual(['/etc/a']);
    expect(changesOf(kind('Files'), rest, { ...rest, '/etc/a': gone })).toEqual(['/etc/a']);
    expect(changesOf(kind('Files'), kept, { ...kept, '/etc/a': { ...FILE, content: unknown } })).toEqual([
      '/etc/a',
    ]);
  });

  test('a program is its digest, not where it comes from; its access counts', () => {
    const binary = { sha256: 'a'.repeat(64), file: '/here' };
    const change = (to: object) =>
      changesOf(kind('Binaries'), { '/usr/bin/a': binary }, { '/usr/bin/a': to });
    expect(change({ sha256: binary.sha256, url: 'https://files.example/a' })).toEqual([]);
    expect(change({ ...binary, sha256: 'b'.repeat(64) })).toEqual(['/usr/bin/a']);
    expect(
      changesOf(
        kind('Binaries'),
        { '/usr/bin/a': { ...binary, access: 'root:root 0777' } },
        { '/usr/bin/a': binary },
      ),
    ).toEqual(['/usr/bin/a']);
  });

  test('outputs are not for the program to give, but where they drifted it is a change', () => {
    const given = { table: 'inet keelson', ruleset: 'x' };
    const rules = (loaded: string, now: string) =>
      changesOf(kind('Firewall'), { ...given, loaded, rules: now }, given);
    expect(rules('a', 'a')).toEqual([]);
    expect(rules('a', 'b')).toEqual(['rules']);
    const unit = { unit: 'a.service', state: 'running' };
    const dropIns = (now: readonly string[]) =>
      changesOf(kind('Unit'), { ...unit, knownDropIns: [], dropIns: now }, unit);
    expect(dropIns([])).toEqual([]);
    expect(dropIns(['/etc/systemd/system/a.service.d/x.conf'])).toEqual(['dropIns']);
  });
});

describe('check', () => {
  const failures = async (name: string, news: object) =>
    (await provider.check(urn(name), {}, news as never)).failures!.map(({ property }) => property);

  test('what is good passes, and secrets stay wrapped in what is kept', async () => {
    const news = { connection: CONNECTION, '/etc/a': { ...FILE, content: secret('a') } };
    expect(await provider.check(urn('Files'), {}, news)).toEqual({ inputs: news, failures: [] });
  });

  test('every failure is named at once, with its place', async () => {
    const news = {
      connection: { host: 'a b', hostKey: 'x' },
      '/etc/a': secret({ ...FILE, mode: '999', owner: 'a;b' }),
      'etc/b': FILE,
    };
    expect((await failures('Files', news)).sort()).toEqual(
      ['connection.host', 'connection.hostKey', '/etc/a.mode', '/etc/a.owner', 'etc/b'].sort(),
    );
  });

  test('no message holds a value that is secret', async () => {
    const news = { connection: CONNECTION, '/etc/a': { ...FILE, mode: secret('canary') } };
    const { failures: all } = await provider.check(urn('Files'), {}, news);
    expect(all).toHaveLength(1);
    expect(JSON.stringify(all)).not.toContain('canary');
  });

  test('what is not known is left for later; the connection is checked today', async () => {
    expect(await failures('Files', { connection: UNKNOWN, '/etc/a': UNKNOWN })).toEqual([]);
    expect(await failures('Files', { connection: { ...CONNECTION, port: 0 }, '/etc/a': UNKNOWN })).toEqual([
      'connection.port',
    ]);
  });

  test.each([
    ['/etc/../a b', FILE],
    ["/etc/a'b", FILE],
    ['/etc/$(a)', FILE],
    ['/etc/a\nb', FILE],
  ])('a path that a shell would read otherwise is refused: %j', async (path, entry) => {
    expect(await failures('Files', { connection: CONNECTION, [path]: entry })).toEqual([path]);
  });

  test('a program without a digest is refused', async () => {
    expect(await failures('Binaries', { connection: CONNECTION, '/usr/bin/a': { file: '/here' } })).toEqual([
      '/usr/bin/a.sha256',
    ]);
    const http = { sha256: 'a'.repeat(64), url: 'http://files.example/a' };
    expect(await failures('Binaries', { connection: CONNECTION, '/usr/bin/a': http })).toEqual([
      '/usr/bin/a.url',
    ]);
  });

  test('a resource that is not there is named', async () => {
    await expect(failures('Nothing', {})).rejects.toThrow('There is no resource keelson:node:Nothing.');
  });
});

describe('diff', () => {
  const kept = { connection: CONNECTION, '/etc/a': { ...FILE, content: secret('a') } };
  const changes = async (news: object) =>
    (await provider.diff('id', urn('Files'), kept, news as never)).changes;

  test('a secret is compared by what it is', async () => {
    expect(await changes(kept)).toBe(false);
    expect(await changes({ connection: CONNECTION, '/etc/a': secret(FILE) })).toBe(false);
    expect(await changes({ connection: CONNECTION, '/etc/a': { ...FILE, content: secret('b') } })).toBe(true);
  });

  test('what is not known yet may change', async () => {
    expect(await changes({ connection: CONNECTION, '/etc/a': { ...FILE, content: UNKNOWN } })).toBe(true);
    expect(await changes({ connection: UNKNOWN, '/etc/a': kept['/etc/a'] })).toBe(true);
  });
});
