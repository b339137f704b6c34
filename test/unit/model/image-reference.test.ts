import * as fc from 'fast-check';
import { formatImageReference, parseImageReference } from '../../../model';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('parseImageReference', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['team/app', 'docker.io/team/app'],
    ['docker.io/nginx', 'docker.io/library/nginx'],
    ['index.docker.io/nginx', 'docker.io/library/nginx'],
    ['localhost/app', 'localhost/app'],
    ['localhost:5000/app:1', 'localhost:5000/app:1'],
    ['registry.example/a/b/c:v1', 'registry.example/a/b/c:v1'],
    ['registry:5000/app', 'registry:5000/app'],
    ['REGISTRY/app', 'REGISTRY/app'],
    ['[::1]:5000/app:1', '[::1]:5000/app:1'],
    ['127.0.0.1:5000/a__b/c-d.e:T_1.0-x', '127.0.0.1:5000/a__b/c-d.e:T_1.0-x'],
    [`app@${DIGEST}`, `docker.io/library/app@${DIGEST}`],
    [`registry.example/app:1@${DIGEST}`, `registry.example/app:1@${DIGEST}`],
  ])('%s is %s', (text, whole) => {
    expect(formatImageReference(parseImageReference(text)!)).toBe(whole);
  });

  it('tells registry, repository, tag and digest apart', () => {
    expect(parseImageReference(`localhost:5000/app:1@${DIGEST}`)).toEqual({
      registry: 'localhost:5000',
      repository: 'app',
      tag: '1',
      digest: DIGEST,
    });
    expect(parseImageReference('app')).toEqual({ registry: 'docker.io', repository: 'library/app' });
  });

  it.each([
    '',
    ' ',
    'App',
    'a b',
    'app:',
    'app:-1',
    `app:${'t'.repeat(129)}`,
    'app@',
    'app@sha256:0123',
    `app@${DIGEST.toUpperCase()}`,
    `app@${DIGEST}@${DIGEST}`,
    'app@sha512:' + '0'.repeat(128),
    '/app',
    'app/',
    'a//b',
    '../app',
    'registry.example/../app',
    'registry.example/a/./b',
    '-registry.example/app',
    'registry..example/app',
    'registry.example:port/app',
    'https://registry.example/app',
    'user:secret@registry.example/app',
    'a___b',
    'a.-b',
    '0'.repeat(64),
    `registry.example/${'a'.repeat(255)}`,
    'a'.repeat(1_000_000),
    'app\n',
  ])('%p is none', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });

  it('reads what it writes', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,8}){0,2}$/);
    const registry = fc.constantFrom(
      'docker.io',
      'localhost',
      'registry.example',
      '127.0.0.1:5000',
      '[::1]:1',
    );
    const references = fc
      .record(
        {
          registry,
          repository: fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('/')),
          tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/),
          digest: fc.stringMatching(/^sha256:[0-9a-f]{64}$/),
        },
        { requiredKeys: ['registry', 'repository'] },
      )
      .map((reference) => ({ ...reference }));
    fc.assert(
      fc.property(references, (reference) => {
        expect(parseImageReference(formatImageReference(reference))).toEqual(reference);
      }),
    );
  });

  it('answers every text, and what it takes has one whole name', () => {
    const text = fc.stringMatching(/^[a-zA-Z0-9:@/._[\]-]{0,40}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), text), (any) => {
        const reference = parseImageReference(any);
        if (reference === undefined) return;
        const whole = formatImageReference(reference);
        expect(whole).toMatch(/^[A-Za-z0-9:@/._[\]-]+$/);
        expect(parseImageReference(whole)).toEqual(reference);
      }),
      { numRuns: 2000 },
    );
  });
});
