import { compare } from '../equal';
import { CelError, noOverload } from '../fault';
import { Cidr, Ip } from '../../../../model';
import { Quantity } from '../quantity';
import type { Value } from '../value';
import type { FunctionTable, Implementation } from './table';

const NANO = 10n ** 9n;

function read<T extends Value>(what: string, parse: (text: string) => T | undefined): Implementation {
  return (text) =>
    typeof text === 'string' ? (parse(text) ?? new CelError(`no ${what}`)) : noOverload(what);
}

function reads(what: string, parse: (text: string) => unknown): Implementation {
  return (text) => (typeof text === 'string' ? parse(text) !== undefined : noOverload(what));
}

function ofQuantity(get: (quantity: Quantity) => Value): Implementation {
  return (value) => (value instanceof Quantity ? get(value) : noOverload('quantity'));
}

function ofQuantities(get: (order: number) => Value): Implementation {
  return (a, b) => {
    if (!(a instanceof Quantity) || !(b instanceof Quantity)) return noOverload('quantity');
    const order = compare(a, b);
    return typeof order === 'number' ? get(order) : order;
  };
}

function changed(sign: bigint): Implementation {
  return (a, b) => {
    const nanos = b instanceof Quantity ? b.nanos : typeof b === 'bigint' ? b * NANO : undefined;
    if (!(a instanceof Quantity) || nanos === undefined) return noOverload('quantity');
    return new Quantity(a.nanos + sign * nanos, a.format);
  };
}

const QUANTITY: FunctionTable = {
  'quantity/1': read('quantity', (text) => Quantity.parse(text)),
  'isQuantity/1': reads('isQuantity', (text) => Quantity.parse(text)),
  'sign/1': ofQuantity(({ nanos }) => (nanos > 0n ? 1n : nanos < 0n ? -1n : 0n)),
  '.isInteger/0': ofQuantity(({ isInteger }) => isInteger),
  '.asInteger/0': ofQuantity((q) => (q.isInteger ? q.nanos / NANO : new CelError('no whole number'))),
  '.asApproximateFloat/0': ofQuantity(({ nanos }) => Number(nanos) / 1e9),
  '.compareTo/1': ofQuantities((order) => BigInt(order)),
  '.isLessThan/1': ofQuantities((order) => order < 0),
  '.isGreaterThan/1': ofQuantities((order) => order > 0),
  '.add/1': changed(1n),
  '.sub/1': changed(-1n),
};

function ofIp(get: (ip: Ip) => Value): Implementation {
  return (value) => (value instanceof Ip ? get(value) : noOverload('ip'));
}

/** Whether an address lies in a range of its family. */
function within(v4: string | undefined, v6: string | undefined): (ip: Ip) => boolean {
  const ranges = [v4, v6].map((range) => (range === undefined ? undefined : Cidr.parse(range)!));
  return (ip) => ranges[ip.family === 4 ? 0 : 1]?.containsIp(ip) ?? false;
}

const unspecified = within('0.0.0.0/32', '::/128');
const loopback = within('127.0.0.0/8', '::1/128');
const multicast = within('224.0.0.0/4', 'ff00::/8');
const linkLocal = within('169.254.0.0/16', 'fe80::/10');
const broadcast = within('255.255.255.255/32', undefined);
const linkLocalMulticast = within('224.0.0.0/24', undefined);

function isLinkLocalMulticast(ip: Ip): boolean {
  // Of IPv6 any address whose scope, the fourth hexadecimal digit, says so.
  return ip.family === 4 ? linkLocalMulticast(ip) : multicast(ip) && (ip.prefix(16) & 0xfn) === 2n;
}

function isGlobalUnicast(ip: Ip): boolean {
  return ![unspecified, loopback, multicast, linkLocal, broadcast].some((test) => test(ip));
}

function inCidr<T extends Value>(
  parse: (text: string) => T | undefined,
  isOne: (value: Value) => boolean,
  test: (cidr: Cidr, value: T) => boolean,
): Implementation {
  return (cidr, value) => {
    const other = typeof value === 'string' ? parse(value) : isOne(value) ? (value as T) : undefined;
    if (!(cidr instanceof Cidr)) return noOverload('cidr');
    return other === undefined ? new CelError('no address or range') : test(cidr, other);
  };
}

function ofCidr(get: (cidr: Cidr) => Value): Implementation {
  return (value) => (value instanceof Cidr ? get(value) : noOverload('cidr'));
}

const NETWORK: FunctionTable = {
  'ip/1': read('IP address', (text) => Ip.parse(text)),
  'isIP/1': reads('isIP', (text) => Ip.parse(text)),
  'ip.isCanonical/1': (text) => {
    if (typeof text !== 'string') return noOverload('ip.isCanonical');
    const ip = Ip.parse(text);
    return ip === undefined ? new CelError('no IP address') : ip.toString() === text;
  },
  '.family/0': ofIp(({ family }) => BigInt(family)),
  '.isUnspecified/0': ofIp(unspecified),
  '.isLoopback/0': ofIp(loopback),
  '.isLinkLocalUnicast/0': ofIp(linkLocal),
  '.isLinkLocalMulticast/0': ofIp(isLinkLocalMulticast),
  '.isGlobalUnicast/0': ofIp(isGlobalUnicast),
  'cidr/1': read('CIDR', (text) => Cidr.parse(text)),
  'isCIDR/1': reads('isCIDR', (text) => Cidr.parse(text)),
  '.containsIP/1': inCidr(
    Ip.parse,
    (value) => value instanceof Ip,
    (cidr, ip) => cidr.containsIp(ip),
  ),
  '.containsCIDR/1': inCidr(
    Cidr.parse,
    (value) => value instanceof Cidr,
    (cidr, other) => cidr.containsCidr(other),
  ),
  '.ip/0': ofCidr(({ ip }) => ip),
  '.masked/0': ofCidr((cidr) => cidr.masked()),
  '.prefixLength/0': ofCidr(({ length }) => BigInt(length)),
};

/** What the API server adds to CEL: quantities, addresses and ranges. */
export const KUBERNETES: FunctionTable = { ...QUANTITY, ...NETWORK };
