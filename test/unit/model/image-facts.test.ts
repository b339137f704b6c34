import { configuredUser, factsOf, userOf, type ImageFacts } from '../../../model';

const config = (user: string) => ({
  user,
  entrypoint: [],
  cmd: [],
  exposedPorts: [],
  volumes: [],
  workingDir: '',
});
const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const facts = (...users: readonly string[]): ImageFacts => ({
  platforms: users.map((user, at) => ({
    platform: `linux/a${at}`,
    digest: digest(String(at)),
    config: config(user),
  })),
});

describe('configuredUser', () => {
  it.each(['', 'root', '0', '00', '0:0', '0:5000', 'root:root', ':1000'])('%p is root', (user) => {
    expect(configuredUser(user)).toBe('root');
  });

  it.each(['nginx', 'nginx:nginx', '2147483648', '-1', '1e3', '0x1', ' 1', '99999999999999999999'])(
    '%p is a name',
    (user) => {
      expect(configuredUser(user)).toBe('named');
    },
  );

  it.each([
    ['1000', { uid: 1000 }],
    ['1000:2000', { uid: 1000, gid: 2000 }],
    ['1000:0', { uid: 1000, gid: 0 }],
    ['1000:staff', { uid: 1000 }],
    ['2147483647', { uid: 2147483647 }],
  ])('%p is a number', (user, expected) => {
    expect(configuredUser(user)).toEqual(expected);
  });
});

describe('userOf', () => {
  it('is the number, if it is one and not root', () => {
    expect(userOf(facts('1000:2000'))).toEqual({ uid: 1000, gid: 2000 });
    for (const user of ['', '0', 'root', 'nginx']) expect(userOf(facts(user))).toBeUndefined();
  });

  it('is the same on all platforms, or of the one that is asked for', () => {
    expect(userOf(facts('1000', '1000'))).toEqual({ uid: 1000 });
    expect(userOf(facts('1000', '2000'))).toBeUndefined();
    expect(userOf(facts('1000', '1000:1'))).toBeUndefined();
    expect(userOf(facts('1000', ''))).toBeUndefined();
    expect(userOf(facts('1000', '2000'), 'linux/a1')).toEqual({ uid: 2000 });
    expect(userOf(facts('1000'), 'linux/other')).toBeUndefined();
  });

  it('is not guessed where a platform is not known', () => {
    const [known] = facts('1000').platforms;
    expect(userOf({ platforms: [known!, { platform: 'linux/x', digest: digest('9') }] })).toBeUndefined();
  });
});

describe('factsOf', () => {
  const lock = { tags: {}, images: { [digest('a')]: facts('1', '2') } };

  it('knows an image, and each of its platforms, by digest', () => {
    expect(factsOf(lock, digest('a'))).toBe(lock.images[digest('a')]);
    expect(factsOf(lock, digest('1'))?.platforms.map(({ platform }) => platform)).toEqual(['linux/a1']);
    expect(factsOf(lock, digest('b'))).toBeUndefined();
    expect(factsOf(lock, 'constructor')).toBeUndefined();
  });
});
