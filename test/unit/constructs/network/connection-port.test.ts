import fc from 'fast-check';
import { Port } from '../../../../constructs';
import { isConnectionPort, opens } from '../../../../constructs/network/connection-port';

const OPEN = [Port.tcp(8080, { name: 'http' }), Port.udp(53), Port.tcpRange(30000, 30010), Port.tcp(30011)];

describe('what containers open', () => {
  it.each([
    ['the port itself', Port.tcp(8080)],
    ['the port by number and name', Port.tcp(8080, { name: 'http' })],
    ['its name', Port.named('http')],
    ['another protocol, of which it is opened too', Port.udp(53)],
    ['one port of a range', Port.tcp(30005)],
    ['a range', Port.tcpRange(30000, 30010)],
    ['part of a range', Port.tcpRange(30002, 30003)],
    ['a range and the port behind it', Port.tcpRange(30000, 30011)],
    ['a range of one', Port.tcpRange(8080, 8080)],
  ])('holds %s', (_what, port) => {
    expect(opens(OPEN, port)).toBe(true);
  });

  it.each([
    ['another number', Port.tcp(8081)],
    ['another protocol', Port.udp(8080)],
    ['the number under another name', Port.tcp(8080, { name: 'metrics' })],
    ['a name for a port without one', Port.udp(53, { name: 'dns' })],
    ['a name in a range', Port.tcp(30005, { name: 'data' })],
    ['another name', Port.named('https')],
    ['the name of another protocol', Port.named('http', 'UDP')],
    ['the text of a port as its name', Port.named('tcp-8080')],
    ['more than a range', Port.tcpRange(29999, 30010)],
    ['a range of another protocol', Port.udpRange(30000, 30010)],
    ['a range with a gap', Port.tcpRange(8080, 30000)],
  ])('holds not %s', (_what, port) => {
    expect(opens(OPEN, port)).toBe(false);
  });

  it('holds a range exactly where it holds each port of it', () => {
    const number = fc.integer({ min: 1, max: 12 });
    const range = fc.tuple(number, number).map(([a, b]) => Port.tcpRange(Math.min(a, b), Math.max(a, b)));
    const open = fc.array(
      fc.oneof(
        number.map((one) => Port.tcp(one)),
        range,
      ),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(open, range, (ports, wanted) => {
        const numbers = Array.from({ length: wanted.last - wanted.first + 1 }, (_, i) => wanted.first + i);
        expect(opens(ports, wanted)).toBe(numbers.every((one) => opens(ports, Port.tcp(one))));
      }),
    );
  });
});

it('what only looks like a port is none', () => {
  expect([8080, '8080', null, undefined, { number: 8080, protocol: 'TCP' }].some(isConnectionPort)).toBe(
    false,
  );
});
