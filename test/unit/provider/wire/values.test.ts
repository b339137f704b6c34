import * as fc from 'fast-check';
import { holdsSecret, holdsUnknown, secret, unknown, unwrap } from '../../../../provider/wire/values';

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const OUTPUT = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

const output = (fields: object) => ({ [SIGNATURE]: OUTPUT, ...fields });
const values = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

/** A value, and the same with some of its parts wrapped. */
const wrapped: fc.Arbitrary<readonly [unknown, unknown]> = fc.letrec<{ pair: readonly [unknown, unknown] }>(
  (tie) => ({
    pair: fc.oneof(
      { maxDepth: 4 },
      fc
        .oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
        .map((leaf) => [leaf, leaf] as const),
      tie('pair').map(([bare, dressed]) => [bare, secret(dressed)] as const),
      tie('pair').map(([bare, dressed]) => [bare, output({ value: dressed, secret: true })] as const),
      fc
        .array(tie('pair'), { maxLength: 3 })
        .map((list) => [list.map(([bare]) => bare), list.map(([, dressed]) => dressed)] as const),
      fc
        .dictionary(fc.constantFrom('a', 'b', 'c'), tie('pair'))
        .map((all) => [mapped(all, 0), mapped(all, 1)] as const),
    ),
  }),
).pair;

function mapped(all: Readonly<Record<string, readonly [unknown, unknown]>>, at: 0 | 1): object {
  return Object.fromEntries(Object.entries(all).map(([name, pair]) => [name, pair[at]]));
}

test('what is not wrapped stays as it is', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(unwrap(value)).toEqual(value);
      expect(holdsSecret(value)).toBe(false);
      expect(holdsUnknown(unwrap(value))).toBe(false);
    }),
  );
});

test('wrappings go, however deep they are', () => {
  fc.assert(fc.property(wrapped, ([bare, dressed]) => expect(unwrap(dressed)).toEqual(bare)));
});

test('a secret is seen, however deep it is', () => {
  fc.assert(
    fc.property(wrapped, ([bare, dressed]) => {
      const text = JSON.stringify(dressed);
      expect(holdsSecret(dressed)).toBe(text !== JSON.stringify(bare));
      expect(holdsSecret([{ inner: secret(dressed) }])).toBe(true);
      expect(unwrap(secret(dressed))).toEqual(bare);
    }),
  );
});

test('an output is secret only where it says so, or holds one', () => {
  expect(holdsSecret(output({ value: 'a' }))).toBe(false);
  expect(holdsSecret(output({ value: 'a', secret: true }))).toBe(true);
  expect(holdsSecret(output({ value: { inner: secret('a') } }))).toBe(true);
  expect(holdsSecret(output({ secret: true }))).toBe(true);
});

test.each([
  ['the mark of Pulumi', UNKNOWN],
  ['an output without a value', output({ dependencies: [] })],
  ['a secret that is not known', secret(UNKNOWN)],
])('not known yet: %s', (_, value) => {
  expect(unwrap(value)).toBe(unknown);
  expect(holdsUnknown(unwrap({ list: [1, value] }))).toBe(true);
});
