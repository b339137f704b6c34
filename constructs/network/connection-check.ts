import type { Construct } from 'constructs';
import { PropsCheck } from '../validation';
import { Addresses } from './addresses';
import type { ConnectionProps } from './connection';
import { describeEnd, isOutside, type ConnectionEnd } from './connection-end';
import { isConnectionPort, opens, type ConnectionPort } from './connection-port';
import { NamedPort } from './named-port';
import { Port } from './port';

/** @throws KeelsonError where a connection has no side to write, or nobody listens at its port */
export function checkConnection(connection: Construct, { from, to, port }: ConnectionProps): void {
  checkShapes(connection, { from, to, port });
  const check = new PropsCheck(connection);
  if (isOutside(to))
    check
      .require(
        !isOutside(from),
        'from',
        `Neither ${describeEnd(from)} nor ${describeEnd(to)} is a workload of this app: there is no side to write.`,
        'Let one of both be a workload.',
      )
      .require(
        !(to instanceof Addresses && port instanceof NamedPort),
        'port',
        `${describeEnd(to)} is addresses, which have no names for their ports.`,
        'Give the number, as Port.tcp(443).',
      );
  else
    check.require(
      opens(to.ports, port),
      'port',
      `${describeEnd(to)} opens ${to.ports.map(withName).join(', ') || 'no port'}, not ${withName(port)}.`,
      'Name a port that the receiving workload opens, or open it there.',
    );
  check.done();
}

/** @throws KeelsonError where ends or port are none, for those who write JavaScript or get by the types */
export function checkShapes(connection: Construct, { from, to, port }: ConnectionProps): void {
  const check = new PropsCheck(connection);
  for (const [property, end] of [
    ['from', from],
    ['to', to],
  ] as const)
    check.require(
      isEnd(end),
      property,
      'It is no workload, no Addresses and no ForeignPods.',
      'Give the workload itself, Addresses.of(…) or new ForeignPods(…).',
    );
  check
    .require(
      isConnectionPort(port),
      'port',
      'It is not a port.',
      "Give Port.tcp(8080), Port.tcpRange(30000, 30100) or Port.named('http').",
    )
    .done();
}

function isEnd(end: ConnectionEnd): boolean {
  if (typeof end !== 'object' || end === null) return false;
  if (isOutside(end)) return true;
  return typeof end.name === 'string' && typeof end.namespace === 'string' && Array.isArray(end.ports);
}

function withName(port: ConnectionPort): string {
  return port instanceof Port && port.name !== undefined ? `${port} (${port.name})` : String(port);
}
