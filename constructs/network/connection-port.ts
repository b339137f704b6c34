import { k8s } from '../cdk8s-plus';
import { NamedPort } from './named-port';
import { Port } from './port';
import { PortRange } from './port-range';

/** What a connection may be to: one port, a range, or the port of a name. */
export type ConnectionPort = Port | PortRange | NamedPort;

/** Whether a value is something that a connection may be to, for those who write JavaScript. */
export function isConnectionPort(value: unknown): value is ConnectionPort {
  return value instanceof Port || value instanceof PortRange || value instanceof NamedPort;
}

/**
 * Whether ports that containers open hold all of what a connection is to. A name has to be theirs; of a range each single port
 * has to be open, so that nothing is reached that was not meant to be.
 */
export function opens(open: readonly (Port | PortRange)[], wanted: ConnectionPort): boolean {
  const same = open.filter(({ protocol }) => protocol === wanted.protocol);
  if (wanted instanceof NamedPort)
    return same.some((port) => port instanceof Port && port.name === wanted.name);
  if (wanted instanceof Port) {
    const { name } = wanted;
    return same.some(
      (port) =>
        holds(port, wanted.number) && (name === undefined || (port instanceof Port && port.name === name)),
    );
  }
  for (let number = wanted.first; number <= wanted.last; number += 1)
    if (!same.some((port) => holds(port, number))) return false;
  return true;
}

function holds(port: Port | PortRange, number: number): boolean {
  return port instanceof Port ? port.number === number : port.first <= number && number <= port.last;
}

/** The port as a network policy writes it. */
export function policyPort(port: ConnectionPort): k8s.NetworkPolicyPort {
  const { protocol } = port;
  if (port instanceof NamedPort) return { port: k8s.IntOrString.fromString(port.name), protocol };
  if (port instanceof Port) return { port: k8s.IntOrString.fromNumber(port.number), protocol };
  return { port: k8s.IntOrString.fromNumber(port.first), endPort: port.last, protocol };
}
