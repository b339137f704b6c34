import * as fc from 'fast-check';
import {
  beginRotation,
  encryptionConfiguration,
  encryptionPart,
  encryptionProblems,
  keyValueProblems,
  nextPhase,
  overdueKeys,
  ROTATION_PHASES,
  rotationKeys,
  SecretReference,
  storedPrefix,
  type EncryptionKey,
  type KeyRotation,
} from '../../../../constructs/control-plane';

import { LAYOUT } from '../../control-plane/sample';

const box = (name: string): EncryptionKey => ({ name, secret: new SecretReference(name) });
const gcm = (name: string, madeOn = '2026-11-01'): EncryptionKey => ({
  method: 'aesgcm',
  name,
  secret: new SecretReference(name),
  madeOn,
});
const kms = (name: string, more: object = {}): EncryptionKey => ({
  method: 'kms',
  name,
  socket: '/run/kms/plugin.sock',
  ...more,
});
const messages = (
  keys: readonly EncryptionKey[],
  profile: 'modern' | 'fips' = 'modern',
  resources?: string[],
) => encryptionProblems({ keys, resources }, profile).map(({ where, message }) => `${where}: ${message}`);

describe('the configuration', () => {
  const providers = (keys: readonly EncryptionKey[]) => {
    const { resources } = encryptionConfiguration(keys) as { resources: { providers: unknown[] }[] };
    return JSON.parse(JSON.stringify(resources[0]!.providers)) as unknown[];
  };

  test('keeps the order of keys: neighbours of a method are one provider', () => {
    expect(providers([gcm('c'), box('a'), box('b'), kms('k'), box('d')])).toEqual([
      { aesgcm: { keys: [{ name: 'c', secret: '<secret c>' }] } },
      {
        secretbox: {
          keys: [
            { name: 'a', secret: '<secret a>' },
            { name: 'b', secret: '<secret b>' },
          ],
        },
      },
      { kms: { apiVersion: 'v2', name: 'k', endpoint: 'unix:///run/kms/plugin.sock', timeout: '3s' } },
      { secretbox: { keys: [{ name: 'd', secret: '<secret d>' }] } },
    ]);
  });

  test('never has the provider that stores plain text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(box, gcm, kms), { minLength: 1, maxLength: 6 }),
        (makers) =>
          !JSON.stringify(encryptionConfiguration(makers.map((make, i) => make(`k${i}`)))).includes(
            'identity',
          ),
      ),
    );
  });
});

test('the API server is given the file by flag, takes a new one by itself, and the file says what it is for', () => {
  const { settings, files, problems } = encryptionPart(LAYOUT, {
    keys: [box('a')],
    resources: ['widgets.example.com'],
  });
  expect(settings).toEqual([
    {
      name: 'encryption-provider-config',
      value: '/k/config/encryption.yaml',
      recommendation: 'NET-7',
      cis: ['1.2.27'],
    },
    { name: 'encryption-provider-config-automatic-reload', value: 'true', recommendation: 'NET-7' },
  ]);
  expect(files).toEqual([
    {
      path: '/k/config/encryption.yaml',
      content: encryptionConfiguration([box('a')], ['widgets.example.com']),
      recommendation: 'NET-7',
      cis: ['1.2.28'],
      reloaded: true,
    },
  ]);
  expect(problems).toEqual([]);
  expect(encryptionPart(LAYOUT, { keys: [] }).problems).toMatchObject([{ code: 'construct/invalid' }]);
  expect(encryptionConfiguration([box('a')])).toMatchObject({
    apiVersion: 'apiserver.config.k8s.io/v1',
    kind: 'EncryptionConfiguration',
    resources: [{ resources: ['secrets', 'configmaps'] }],
  });
});

describe('what is refused', () => {
  test('a method that the profile does not approve of', () => {
    expect(messages([box('a'), gcm('b')], 'fips')).toEqual([
      "encryption at rest, key a: The profile 'fips' does not approve of secretbox.",
    ]);
    expect(messages([box('a'), gcm('b'), kms('c')])).toEqual([]);
  });

  test.each([
    ['a day that is none', [gcm('a', '2026-02-30')], "'2026-02-30' is no day"],
    ['a socket that is no path', [kms('a', { socket: 'plugin.sock' })], "'plugin.sock' is no path"],
    [
      'a socket that no kernel takes',
      [kms('a', { socket: `/${'x'.repeat(107)}` })],
      'is no path of a socket',
    ],
    ['a socket beside a folder', [kms('a', { socket: '/run/kms/../plugin.sock' })], 'is no path of a socket'],
    ['a socket with a line of its own', [kms('a', { socket: '/run/\rx: y' })], 'is no path of a socket'],
    [
      'a value in place of a reference, and it is not repeated',
      [{ name: 'a', secret: 'QUJD' as never as SecretReference }],
      'encryption at rest, key a: Its secret is no reference: it would stand in what is written for review.',
    ],
    ['an abstract socket, which has no owner', [kms('a', { socket: '/@plugin' })], 'is no path of a socket'],
    ['a timeout that is none', [kms('a', { timeoutSeconds: 0.5 })], '0.5 is no timeout'],
    ['a name twice, whatever the methods', [box('a'), kms('a')], "Two keys are named 'a'"],
    ['no key', [], 'There is no key'],
  ])('%s', (_, keys, message) => {
    expect(messages(keys)).toEqual([expect.stringContaining(message)]);
  });

  test.each(['*.*', '*.', '*.apps', 'Secrets', 'a.', '', 'a/b', 'events\n'])(
    'the resource %j',
    (resource) => {
      expect(messages([box('a')], 'modern', [resource])).toEqual([expect.stringContaining('is no resource')]);
    },
  );
});

test('a value is 32 bytes in base64 and nothing else, and is never repeated', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom('', ' ', '\n', '='), (bytes, more) => {
      const value = Buffer.from(bytes).toString('base64') + more;
      const problems = keyValueProblems('file', value);
      expect(problems).toHaveLength(bytes.length === 32 && more === '' ? 0 : 1);
      if (value.length > 3) expect(JSON.stringify(problems)).not.toContain(value);
    }),
  );
});

test('a key of AES-GCM is used for 90 days, and one of another method for as long as one likes', () => {
  const on = (day: string) =>
    overdueKeys([gcm('a', '2026-01-01'), box('b'), kms('c')], new Date(`${day}T12:00:00Z`));
  expect(on('2026-04-01')).toEqual([]);
  expect(on('2025-12-31')).toEqual([]);
  expect(on('2025-12-30').map(({ message }) => message)).toEqual([
    'It says that it was made on 2026-01-01, which is yet to come.',
  ]);
  expect(on('2026-04-02').map(({ where, message }) => `${where}: ${message}`)).toEqual([
    'encryption at rest, key a: It was made 91 days ago; a key of AES-GCM is used for 90 at most.',
  ]);
});

describe('a rotation', () => {
  const phasesOf = (begun: KeyRotation): readonly KeyRotation[] => {
    const all: KeyRotation[] = [];
    for (let now: KeyRotation | undefined = begun; now !== undefined; now = nextPhase(now)) all.push(now);
    return all;
  };

  test('goes through all phases in their order, and there is no other way', () => {
    expect(phasesOf(beginRotation([box('a')], box('b'))).map(({ phase }) => phase)).toEqual(ROTATION_PHASES);
  });

  test('whatever the keys: what one phase writes, its neighbours read, and only the last is without the old keys', () => {
    const key = fc.constantFrom(box, gcm, kms);
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), key, (makers, makeNext) => {
        const before = makers.map((make, index) => make(`old-${index}`));
        const phases = phasesOf(beginRotation(before, makeNext('new')));
        const sets = [before, ...phases.map(rotationKeys)];
        for (const [index, keys] of sets.entries()) {
          const writer = keys[0]!.name;
          for (const other of [sets[index - 1], sets[index + 1]]) {
            // After `rewrite` nothing is under an old key any more: `drop` need not read what came before it.
            if (other === undefined) continue;
            expect(other.map(({ name }) => name)).toContain(writer);
          }
          const isLast = index === sets.length - 1;
          for (const { name } of before) expect(keys.some((one) => one.name === name)).toBe(!isLast);
        }
        expect(rotationKeys(phases.at(-1)!).map(({ name }) => name)).toEqual(['new']);
      }),
    );
  });

  test('a name stays with its key for good', () => {
    expect(() => beginRotation([box('a'), box('b')], gcm('b'))).toThrow(
      /^encryption at rest, rotation: A key named 'b' is there already\..*\[construct\/invalid\]$/,
    );
    expect(() => beginRotation([], box('a'))).toThrow('There is no key to rotate');
  });
});

test('a stored value tells its method and key', () => {
  expect([box('a'), gcm('b'), kms('c')].map(storedPrefix)).toEqual([
    'k8s:enc:secretbox:v1:a:',
    'k8s:enc:aesgcm:v1:b:',
    'k8s:enc:kms:v2:c:',
  ]);
});
