import fc from 'fast-check';
import { Port } from '../../../../constructs';
import { problemsOf } from '../../support/problems';

const MAKERS = [
  ['tcp', Port.tcp, 'TCP'],
  ['udp', Port.udp, 'UDP'],
  ['sctp', Port.sctp, 'SCTP'],
] as const;

describe.each(MAKERS)('Port.%s', (name, make, protocol) => {
  it.each([0, -1, 65536, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (number) => {
    expect(problemsOf(() => make(number))).toMatchObject([
      { code: 'construct/invalid', where: `Port.${name}(${number})` },
    ]);
  });

  it.each([1, 65535])('takes %d', (number) => {
    expect(make(number)).toMatchObject({ number, protocol });
  });

  it('writes itself as it stands in names', () => {
    expect(String(make(8080))).toBe(`${name}-8080`);
  });
});

describe('equals', () => {
  it('compares number and protocol', () => {
    expect(Port.tcp(53).equals(Port.tcp(53))).toBe(true);
    expect(Port.tcp(53).equals(Port.udp(53))).toBe(false);
    expect(Port.tcp(53).equals(Port.tcp(54))).toBe(false);
  });

  it('holds exactly where the texts are the same', () => {
    const port = fc
      .tuple(fc.constantFrom(...MAKERS), fc.integer({ min: 1, max: 3 }))
      .map(([[, make], n]) => make(n));
    fc.assert(fc.property(port, port, (a, b) => a.equals(b) === (String(a) === String(b))));
  });
});
