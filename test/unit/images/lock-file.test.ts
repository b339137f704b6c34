import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import {
  addImage,
  EMPTY_LOCK,
  formatImageLock,
  movedProblem,
  parseImageLock,
  readImageLock,
} from '../../../images';
import { parseImageReference, type ImageFacts, type ImageLock } from '../../../model';
import { temporaryFolder } from '../support/folders';
import { places, problemsOf } from '../support/problems';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const FACTS: ImageFacts = {
  platforms: [
    {
      platform: 'linux/amd64',
      digest: digest('1'),
      config: { user: '1000', entrypoint: ['/a'], cmd: [], exposedPorts: [], volumes: [], workingDir: '' },
    },
    { platform: 'linux/arm64/v8', digest: digest('2') },
  ],
};
const LOCK: ImageLock = { tags: { 'registry.example/app:1': digest('a') }, images: { [digest('a')]: FACTS } };
const app = (name: string) => parseImageReference(`registry.example/${name}`)!;

describe('a lock', () => {
  it('is read as it was written', () => {
    expect(parseImageLock(JSON.parse(formatImageLock(LOCK)), 'f')).toEqual(LOCK);
    const file = join(temporaryFolder(), 'images.json');
    writeFileSync(file, formatImageLock(LOCK));
    expect(readImageLock(file)).toEqual(LOCK);
  });

  it('has the same text whatever the order in which it was made', () => {
    const parts = [
      [digest('b'), 'app:2'],
      [digest('a'), 'app:1'],
      [digest('c'), 'app:10'],
    ] as const;
    const text = (order: readonly (readonly [string, string])[]): string =>
      formatImageLock(
        order.reduce(
          (lock, [one, name]) => addImage(lock, { digest: one, facts: FACTS }, app(name)).lock,
          EMPTY_LOCK,
        ),
      );
    expect(text(parts)).toBe(text([...parts].reverse()));
    expect(Object.keys((JSON.parse(text(parts)) as ImageLock).tags)).toEqual([
      'registry.example/app:1',
      'registry.example/app:10',
      'registry.example/app:2',
    ]);
  });

  it.each<[string, unknown, string]>([
    ['a list', [], 'f: '],
    ['null', null, 'f: '],
    ['without images', { tags: {} }, 'f: images'],
    ['with what nobody knows', { ...LOCK, more: 1 }, 'f: '],
    ['with a tag without facts', { ...LOCK, images: {} }, 'f: tags.registry.example/app:1'],
    [
      'with a tag that is none',
      { ...LOCK, tags: { 'registry.example/app': digest('a') } },
      'f: tags.registry.example/app',
    ],
    [
      'with a digest as tag',
      { ...LOCK, tags: { [`app:1@${digest('a')}`]: digest('a') } },
      `f: tags.app:1@${digest('a')}`,
    ],
    ['with another algorithm', { tags: {}, images: { 'md5:0': FACTS } }, 'f: images.md5:0'],
    [
      'with facts of nothing',
      { tags: {}, images: { [digest('a')]: { platforms: [] } } },
      `f: images.${digest('a')}.platforms`,
    ],
    [
      'with a user that is a number',
      {
        tags: {},
        images: {
          [digest('a')]: {
            platforms: [{ ...FACTS.platforms[0], config: { ...FACTS.platforms[0]!.config, user: 0 } }],
          },
        },
      },
      `f: images.${digest('a')}.platforms.0.config.user`,
    ],
  ])('%s is refused', (_what, data, where) => {
    expect(places(problemsOf(() => parseImageLock(data, 'f')))).toContain(`${where} [image/lock]`);
  });

  it('that cannot be read says how to make it', () => {
    const folder = temporaryFolder();
    expect(problemsOf(() => readImageLock(join(folder, 'images.json')))[0]!.message).toContain('ENOENT');
    writeFileSync(join(folder, 'images.json'), '<<<<<<< ours\n');
    expect(problemsOf(() => readImageLock(join(folder, 'images.json')))[0]!.message).toBe('It is no JSON.');
  });

  it('of any data is read, or refused with places', () => {
    const key = fc.oneof(fc.constantFrom('tags', 'images', '__proto__', digest('a'), 'app:1'), fc.string());
    const value = fc.letrec<{ any: unknown }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 1, digest('a'), FACTS, LOCK, [FACTS]),
        fc.string(),
        fc.dictionary(key, tie('any')),
        fc.array(tie('any')),
      ),
    })).any;
    fc.assert(
      fc.property(fc.oneof(value, fc.record({ tags: value, images: value })), (data) => {
        try {
          const lock = parseImageLock(JSON.parse(JSON.stringify(data)), 'f');
          expect(parseImageLock(JSON.parse(formatImageLock(lock)), 'f')).toEqual(lock);
        } catch (error) {
          expect((error as Error).name).toBe('KeelsonError');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('addImage', () => {
  const read = { digest: digest('b'), facts: FACTS };

  it('notes the digest of a tag, by its whole name', () => {
    const { lock, moved } = addImage(EMPTY_LOCK, read, parseImageReference('nginx:1')!);
    expect(lock).toEqual({
      tags: { 'docker.io/library/nginx:1': digest('b') },
      images: { [digest('b')]: FACTS },
    });
    expect(moved).toBeUndefined();
  });

  it('notes no tag where there is none', () => {
    for (const name of [undefined, app(`app@${digest('b')}`)])
      expect(addImage(EMPTY_LOCK, read, name).lock).toEqual({ tags: {}, images: { [digest('b')]: FACTS } });
  });

  it('tells of a tag that moved, and keeps what was known', () => {
    const { lock, moved } = addImage(LOCK, read, app('app:1'));
    expect(moved).toEqual({ tag: 'registry.example/app:1', from: digest('a'), to: digest('b') });
    expect(movedProblem(moved!).message).toContain(`from ${digest('a')} to ${digest('b')}`);
    expect(Object.keys(lock.images)).toEqual([digest('a'), digest('b')]);
    expect(LOCK.tags['registry.example/app:1']).toBe(digest('a'));
    expect(addImage(LOCK, { ...read, digest: digest('a') }, app('app:1')).moved).toBeUndefined();
  });
});
