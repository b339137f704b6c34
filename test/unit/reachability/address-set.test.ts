import fc from 'fast-check';
import { AddressSet, FAMILIES, type Family } from '../../../reachability';

/*
 * The naive model: the last four bits of an address of either family, each a member of the set or not. Ranges that are wider hold
 * all sixteen of their family.
 */
type Model = ReadonlySet<string>;

const PREFIX: Readonly<Record<Family, (last: number) => string>> = {
  4: (last) => `192.0.2.${160 + last}`,
  6: (last) => `2001:db8::a${last.toString(16)}`,
};
const ALL = FAMILIES.flatMap((family) => Array.from({ length: 16 }, (_, last) => PREFIX[family](last)));

interface Range {
  readonly text: string;
  readonly members: Model;
}

const range: fc.Arbitrary<Range> = fc
  .record({
    family: fc.constantFrom(...FAMILIES),
    last: fc.integer({ min: 0, max: 15 }),
    /** How many bits are free; more than four for a range around all of them. */
    free: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ family, last, free }) => {
    const bits = Math.min(free, 4);
    const first = (last >> bits) << bits;
    const members = Array.from({ length: 1 << bits }, (_, i) => PREFIX[family](first + i));
    const whole = family === 4 ? 32 : 128;
    const text =
      free === 0 ? PREFIX[family](last) : `${PREFIX[family](last)}/${whole - (free === 5 ? 20 : free)}`;
    return { text, members: new Set(members) };
  });

const sets = fc
  .tuple(fc.array(range, { maxLength: 4 }), fc.array(range, { maxLength: 3 }))
  .map(([ranges, except]) => {
    const members = ALL.filter(
      (one) => ranges.some((each) => each.members.has(one)) && !except.some((each) => each.members.has(one)),
    );
    const texts = (list: readonly Range[]) => list.map(({ text }) => text);
    return { set: AddressSet.of(texts(ranges), texts(except)), members: new Set(members), ranges, except };
  });

/** A set of single addresses, whatever the ranges around them hold. */
function listed(members: Iterable<string>): AddressSet {
  return AddressSet.of([...members]);
}

it('has the addresses of its ranges but for the exceptions, in each family', () => {
  fc.assert(
    fc.property(sets, ({ set, members }) => {
      expect(ALL.filter((one) => set.meets(listed([one])))).toEqual(ALL.filter((one) => members.has(one)));
      for (const family of FAMILIES) {
        const its = ALL.filter((one) => one.includes(':') === (family === 6));
        expect(its.filter((one) => set.ofFamily(family).meets(listed([one])))).toEqual(
          its.filter((one) => members.has(one)),
        );
        const others = ALL.filter((one) => !its.includes(one));
        expect(others.filter((one) => set.ofFamily(family).meets(listed([one])))).toEqual([]);
        expect(set.ofFamily(family)).toBe(set.ofFamily(family));
      }
    }),
  );
});

it('meets and covers other sets as the naive ones do', () => {
  fc.assert(
    fc.property(sets, fc.subarray(ALL), ({ set, members }, some) => {
      const other = listed(some);
      expect(set.meets(other)).toBe(some.some((one) => members.has(one)));
      expect(other.meets(set)).toBe(set.meets(other));
      expect(set.covers(other)).toBe(some.every((one) => members.has(one)));
      expect(set.coversOneOf(other)).toBe(some.some((one) => members.has(one)));
      expect(other.isEmpty).toBe(some.length === 0);
      expect(other.covers(listed([]))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it('covers itself, and one range whole or not', () => {
  fc.assert(
    fc.property(sets, range, ({ set, except }, one) => {
      expect(set.covers(set)).toBe(true);
      expect(set.meets(set)).toBe(!set.isEmpty);
      // The ranges around all sixteen have more than these, so that only those that are within can be told.
      fc.pre(!/\/(12|108)$/.test(one.text));
      const whole = AddressSet.of([one.text]);
      const has = [...one.members].every((address) => set.meets(listed([address])));
      expect(set.coversOneOf(whole)).toBe(has);
      expect(set.covers(whole)).toBe(has);
      if (except.length === 0)
        expect(set.isEmpty).toBe(ALL.every((address) => !set.meets(listed([address]))));
    }),
    { numRuns: 300 },
  );
});

it.each([
  ['10.0.0.0/8', '9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
  ['0.0.0.0/1', undefined, '0.0.0.0', '127.255.255.255', '128.0.0.0'],
  ['128.0.0.0/1', '127.255.255.255', '128.0.0.0', '255.255.255.255', undefined],
  [
    'fc00::/7',
    'fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    'fc00::',
    'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    'fe00::',
  ],
  ['::/0', undefined, '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '255.255.255.255'],
])('%s: its ends are in it, and their neighbours are not', (text, before, first, last, after) => {
  const set = AddressSet.of([text]);
  for (const address of [first, last]) expect(set.meets(AddressSet.of([address]))).toBe(true);
  for (const address of [before, after])
    if (address !== undefined) expect(set.meets(AddressSet.of([address]))).toBe(false);
});

it.each(['', 'x', '10.0.0.0/33', '10.0.0', '::1%eth0', '/8', '10.0.0.0/'])('%j is no address', (text) => {
  expect(AddressSet.of([text]).isEmpty).toBe(true);
  expect(AddressSet.of(['10.0.0.0/8'], [text]).covers(AddressSet.of(['10.0.0.0/8']))).toBe(true);
});
