import fc from 'fast-check';
import { Port } from '../../../../constructs';
import { problemsOf } from '../../support/problems';

const MAKERS = [
  ['tcp', Port.tcp, 'TCP'],
  ['udp', Port.udp, 'UDP'],
  ['sctp', Port.sctp, 'SCTP'],
] as const;

const NO_NAMES = [
  '',
  'HTTP',
  'a_b',
  'a.b',
  '-a',
  'a-',
  'a--b',
  '8080',
  '80-90',
  'a'.repeat(16),
  'http\n',
  'ä',
  7,
  null,
];

describe.each(MAKERS)('Port.%s', (name, make, protocol) => {
  it.each([0, -1, 65536, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (number) => {
    expect(problemsOf(() => make(number))).toEqual([
      {
        code: 'construct/invalid',
        where: `Port.${name}(${number})`,
        message: `${number} is not a port.`,
        fix: 'Use a whole number from 1 to 65535.',
      },
    ]);
  });

  it.each([1, 65535])('takes %d', (number) => {
    expect(make(number)).toMatchObject({ number, protocol, name: undefined });
  });

  it('writes itself as it stands in names', () => {
    expect(String(make(8080, { name: 'http' }))).toBe(`${name}-8080`);
  });

  it.each(['a', 'http', '0a', 'a-b-c', 'a'.repeat(15)])('may be called %j', (text) => {
    expect(make(8080, { name: text }).name).toBe(text);
  });

  it.each(NO_NAMES)('is not called %j', (text) => {
    expect(problemsOf(() => make(8080, { name: text as string }))).toMatchObject([
      { code: 'construct/invalid', where: `Port.${name}(8080).name` },
    ]);
  });

  it('tells what is wrong with number and name at once', () => {
    expect(problemsOf(() => make(0, { name: 'A' })).map(({ message }) => message)).toEqual([
      '0 is not a port.',
      '"A" is not the name of a port.',
    ]);
  });
});

it.each(['8080', null, undefined, {}, [], true])('what is no number is no port: %j', (value) => {
  expect(problemsOf(() => Port.tcp(value as number))).toHaveLength(1);
});

describe('equals', () => {
  it('compares number and protocol', () => {
    expect(Port.tcp(53).equals(Port.tcp(53, { name: 'dns' }))).toBe(true);
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

describe('any number', () => {
  it('is a port or is refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double(), fc.maxSafeInteger()), (number) => {
        const isPort = Number.isInteger(number) && number > 0 && number < 65536;
        if (isPort) expect(Port.tcp(number).number).toBe(number);
        else expect(problemsOf(() => Port.tcp(number))).toHaveLength(1);
      }),
    );
  });
});

describe('Port.named', () => {
  it('is TCP where nothing else is said', () => {
    expect(Port.named('http')).toMatchObject({ name: 'http', protocol: 'TCP' });
    expect(String(Port.named('dns', 'UDP'))).toBe('udp-dns');
  });

  it.each(NO_NAMES)('is not %j', (name) => {
    const problems = problemsOf(() => Port.named(name as string));
    expect(problems).toMatchObject([
      {
        code: 'construct/invalid',
        where: expect.stringMatching(/^Port\.named\(/),
        message: expect.stringContaining('is not the name of a port.'),
        fix: expect.stringContaining('15 lower case letters'),
      },
    ]);
  });

  it('shows no more of a long text than is needed', () => {
    expect(problemsOf(() => Port.named('a'.repeat(1000)))[0]!.message.length).toBeLessThan(100);
  });
});

describe.each([
  ['tcp', Port.tcpRange, 'TCP'],
  ['udp', Port.udpRange, 'UDP'],
  ['sctp', Port.sctpRange, 'SCTP'],
] as const)('Port.%sRange', (name, make, protocol) => {
  it('holds both ends', () => {
    expect(make(30000, 30100)).toMatchObject({ first: 30000, last: 30100, protocol });
    expect(String(make(30000, 30100))).toBe(`${name}-30000-30100`);
    expect(make(80, 80)).toMatchObject({ first: 80, last: 80 });
  });

  it.each([
    [30100, 30000, 'The range ends at 30000, before it starts.'],
    [0, 10, '0 is not a port.'],
    [1.5, 10, '1.5 is not a port.'],
    [10, 65536, '65536 is not a port.'],
    [1, 65535, 'The range holds 65535 ports: that is nearly a way to say all of them.'],
    [1, 32769, 'The range holds 32769 ports: that is nearly a way to say all of them.'],
  ])('is not %d to %d', (first, last, message) => {
    expect(problemsOf(() => make(first, last))).toMatchObject([
      {
        code: 'construct/invalid',
        where: expect.stringContaining(`Port.${name}Range(${first}, ${last})`),
        message,
        fix: expect.stringMatching(/\.$/),
      },
    ]);
  });

  it('may hold half of all ports', () => {
    expect(make(1, 32768).last).toBe(32768);
  });

  it('tells of both ends at once', () => {
    expect(problemsOf(() => make(0, 70000))).toHaveLength(2);
  });
});
