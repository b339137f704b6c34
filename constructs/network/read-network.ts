import {
  Cidr,
  deepFreeze,
  Ip,
  NETWORK_PLUGINS,
  PROTOCOLS,
  type AddressPort,
  type ApiServerAddresses,
  type ClusterNetwork,
  type FirewallRule,
} from '../../model';
import { shown, type PropsCheck } from '../validation';
import { isMetadata } from './address-block';
import { numberProblems } from './port-problems';
import { readOwnRanges, readRange } from './read-range';

type Fields = Readonly<Record<string, unknown>>;

const FIELDS = ['pods', 'services', 'nodes', 'apiServer', 'plugin', 'firewall'];

/** How to see where the API server is. */
export const API_SERVER_COMMANDS =
  '`kubectl -n default get service kubernetes` and `kubectl -n default get endpointslices kubernetes` show them.';

/** What is wrong, and what to do, where a workload is to reach an API server that the app does not state. */
export const NO_WAY_TO_API_SERVER = [
  'The app does not state where its API server is: the namespace denies the way there, and what may be asked of it is of no use without one.',
  `Write new KeelsonApp({ network: { apiServer: { service, endpoints } } }): ${API_SERVER_COMMANDS}`,
] as const;

/**
 * What a cluster's network is as it was stated, each address in its canonical form, and no longer to be changed. What is wrong with
 * it is noted.
 */
export function readNetwork(check: PropsCheck, network: ClusterNetwork): ClusterNetwork {
  const stated: unknown = network;
  if (!isFields(stated)) {
    check.require(false, 'network', 'It is no object.', `Give an object with ${FIELDS.join(', ')}.`);
    return {};
  }
  requireFields(check, 'network', stated, FIELDS);
  const { pods, services, nodes, apiServer, plugin, firewall } = network;
  const ranges = (name: string, texts: readonly string[] | undefined) =>
    texts === undefined ? {} : { [name]: readOwnRanges(check, `network.${name}`, texts).map(String) };
  check.require(
    plugin === undefined || NETWORK_PLUGINS.includes(plugin),
    'network.plugin',
    `${shown(plugin)} is not a plugin that more is known of.`,
    `Use ${NETWORK_PLUGINS.join(' or ')}, or leave it out.`,
  );
  return deepFreeze({
    ...ranges('pods', pods),
    ...ranges('services', services),
    ...ranges('nodes', nodes),
    ...(apiServer === undefined ? {} : { apiServer: readApiServer(check, apiServer) }),
    ...(plugin === undefined ? {} : { plugin }),
    ...(firewall === undefined ? {} : { firewall: readFirewall(check, firewall) }),
  });
}

function readApiServer(check: PropsCheck, apiServer: unknown): ApiServerAddresses {
  const property = 'network.apiServer';
  const stated = isFields(apiServer) ? apiServer : {};
  requireFields(check, property, stated, ['service', 'endpoints']);
  const read = (name: string): readonly AddressPort[] => {
    const list = listIn(stated[name]);
    check.require(
      list.length > 0,
      `${property}.${name}`,
      'No address is given.',
      `Give each as { address, port }: ${API_SERVER_COMMANDS}`,
    );
    return list.flatMap((one, index) => readAddressPort(check, `${property}.${name}[${index}]`, one));
  };
  return { service: read('service'), endpoints: read('endpoints') };
}

function readAddressPort(check: PropsCheck, property: string, stated: Fields): readonly AddressPort[] {
  requireFields(check, property, stated, ['address', 'port']);
  const { address: text, port } = stated;
  const ip = typeof text === 'string' ? Ip.parse(text) : undefined;
  const range = ip === undefined ? readRange(check, `${property}.address`, text) : Cidr.single(ip);
  requirePort(check, `${property}.port`, port);
  if (range === undefined) return [];
  check
    .require(
      range.length >= (range.ip.family === 4 ? 8 : 32),
      `${property}.address`,
      `${shown(text)} is more than the addresses of API servers: a few such ranges are the whole Internet.`,
      'Give their addresses, or a range of at least /8, /32 in IPv6.',
    )
    .require(
      !isMetadata(range),
      `${property}.address`,
      `At ${shown(text)} a cloud gives out credentials.`,
      'Give the addresses of the API servers.',
    );
  return [{ address: ip === undefined ? String(range) : String(ip), port: port as number }];
}

function readFirewall(check: PropsCheck, firewall: unknown): readonly FirewallRule[] {
  check.require(
    Array.isArray(firewall),
    'network.firewall',
    'It is no list of rules.',
    'Give each rule as { protocol, port, from }.',
  );
  return listIn(firewall).map((rule, index) => readRule(check, `network.firewall[${index}]`, rule));
}

function readRule(check: PropsCheck, property: string, rule: Fields): FirewallRule {
  requireFields(check, property, rule, ['protocol', 'port', 'endPort', 'from', 'for']);
  const { protocol, port, endPort, from, for: answers } = rule as unknown as FirewallRule;
  check.require(
    PROTOCOLS.includes(protocol),
    `${property}.protocol`,
    `${shown(protocol)} is not a protocol.`,
    `Use ${PROTOCOLS.join(', ')}.`,
  );
  requirePort(check, `${property}.port`, port);
  if (endPort !== undefined) {
    requirePort(check, `${property}.endPort`, endPort);
    check.require(
      !(endPort < port),
      `${property}.endPort`,
      `The range ends at ${endPort}, before it starts.`,
      `Give ${port} or more, or leave it out.`,
    );
  }
  check
    .require(
      Array.isArray(from) && from.length > 0,
      `${property}.from`,
      'It names nobody who may connect.',
      "Give a list of ranges, as ['192.0.2.0/24'].",
    )
    .require(
      answers === undefined || (typeof answers === 'string' && answers.trim() !== ''),
      `${property}.for`,
      `${shown(answers)} names nothing that answers.`,
      'Say what answers, as kubelet, or leave it out where workloads do.',
    );
  const ranges = Array.isArray(from)
    ? from.flatMap((text, index) => readRange(check, `${property}.from[${index}]`, text) ?? [])
    : [];
  return { ...(rule as unknown as FirewallRule), from: ranges.map(String) };
}

function requirePort(check: PropsCheck, property: string, port: unknown): void {
  for (const { message, fix } of numberProblems('', port)) check.require(false, property, message, fix);
}

/** A misspelt field would be none, and nobody would miss it. */
function requireFields(check: PropsCheck, property: string, stated: Fields, known: readonly string[]): void {
  for (const field of Object.keys(stated))
    check.require(
      known.includes(field),
      `${property}.${field}`,
      'There is no such setting.',
      `Use ${known.join(', ')}.`,
    );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listIn(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map((one: unknown) => (isFields(one) ? one : {})) : [];
}

/** The range that an address of the API server stands for: that of the one address, or what was stated. */
export function rangeOf({ address }: AddressPort): Cidr {
  return Cidr.parseAny(address)!;
}
