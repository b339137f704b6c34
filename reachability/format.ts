import { PROTOCOLS } from '../model';
import type { RulePort } from './policy';
import { LAST_PORT, type Opening } from './reachability';

/** `TCP 8080`, `UDP 30000-30100`, `TCP http`, or `all TCP ports`. */
export function formatPorts(ports: RulePort | Pick<Opening, 'protocol' | 'port' | 'endPort'>): string {
  if ('name' in ports) return `${ports.protocol} ${ports.name}`;
  const { protocol, port, endPort } = ports;
  if (port === 1 && endPort === LAST_PORT) return `all ${protocol} ports`;
  return port === endPort ? `${protocol} ${port}` : `${protocol} ${port}-${endPort}`;
}

/** Whether openings are all ports of all protocols. */
export function isEverything(openings: readonly Pick<Opening, 'protocol' | 'port' | 'endPort'>[]): boolean {
  return PROTOCOLS.every((protocol) =>
    openings.some((one) => one.protocol === protocol && one.port === 1 && one.endPort === LAST_PORT),
  );
}
