import { Ip } from '../model';
import { readCertificateRequest, type CertificateRequest, type RequestKey } from './certificate-request';

/** The signer of the certificates that kubelets serve with. */
export const KUBELET_SERVING_SIGNER = 'kubernetes.io/kubelet-serving';

const USER_PREFIX = 'system:node:';
const GROUP = 'system:nodes';
const NODE_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** What a CertificateSigningRequest says, as the API server filled it in. */
export interface ServingRequest {
  readonly signerName: string;
  /** Who asked, by the API server's word. */
  readonly username: string;
  readonly groups: readonly string[];
  readonly usages: readonly string[];
  /** The request itself: PKCS #10 in PEM. */
  readonly pem: string;
}

/** What the cluster knows of a node: its Node object. */
export interface ServingNode {
  readonly name: string;
  /** `status.addresses`. */
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
}

/** A machine as it was declared. A node writes its own status; this it does not write. */
export interface DeclaredMachine {
  /** The name of its node. */
  readonly name: string;
  /** Its IP addresses, and the DNS names besides its own name by which it may serve. */
  readonly addresses: readonly string[];
}

/** What becomes of a request: signed, refused for good, or left until more is known. */
export type ServingVerdict =
  | { readonly decision: 'approve'; readonly message: string }
  | { readonly decision: 'deny' | 'leave'; readonly reason: string; readonly message: string };

/** The node that asks, or undefined where it is no node that asks. */
export function requestingNode({ username, groups }: ServingRequest): string | undefined {
  const name = username.startsWith(USER_PREFIX) ? username.slice(USER_PREFIX.length) : '';
  return groups.includes(GROUP) && NODE_NAME.test(name) ? name : undefined;
}

/**
 * Judges what a kubelet asks to serve with: who asks, that it holds the key, and that each name and address is both what its
 * Node says and what was declared for the machine. Source: NET-4, CIS 4.2.11.
 *
 * @param node the Node object of who asks; undefined where there is none
 * @param machines every machine of the cluster
 */
export async function judgeServingRequest(
  request: ServingRequest,
  node: ServingNode | undefined,
  machines: readonly DeclaredMachine[],
): Promise<ServingVerdict> {
  if (request.signerName !== KUBELET_SERVING_SIGNER) return leave('OtherSigner', 'It is for another signer.');
  const name = requestingNode(request);
  if (name === undefined) return deny('NotANode', 'Who asks is no node.');
  const machine = machines.find((declared) => declared.name === name);
  if (machine === undefined) return deny('NotDeclared', `No machine ${name} is declared.`);
  const read = await readCertificateRequest(request.pem);
  if (typeof read === 'string') return deny('BadRequest', `The request is not valid: ${read}.`);
  const refusal =
    subjectRefusal(read, name) ?? keyRefusal(read.key) ?? usageRefusal(request, read) ?? formRefusal(read);
  if (refusal !== undefined) return refusal;
  if (node === undefined || node.name !== name) return leave('NoNode', `There is no Node ${name} yet.`);
  if (node.addresses.length === 0) return leave('NoAddresses', `The Node ${name} has no addresses yet.`);
  return nameRefusal(read, node, machine) ?? { decision: 'approve', message: namesOf(read) };
}

function subjectRefusal({ subject }: CertificateRequest, name: string): ServingVerdict | undefined {
  const is = (type: string, value: string): boolean =>
    subject.filter((part) => part[0] === type && part[1] === value).length === 1;
  return subject.length === 2 && is('O', GROUP) && is('CN', USER_PREFIX + name)
    ? undefined
    : deny('Subject', `The subject is not O=${GROUP}, CN=${USER_PREFIX}${name} alone.`);
}

const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];

function keyRefusal({ type, curve = '', bits = 0, exponent = 0n }: RequestKey): ServingVerdict | undefined {
  const strong =
    type === 'ed25519' ||
    (type === 'ec' && CURVES.includes(curve)) ||
    (type === 'rsa' && bits >= 2048 && bits <= 8192 && exponent >= 65_537n);
  return strong
    ? undefined
    : deny('Key', 'The key is none of ECDSA on P-256, P-384 or P-521, Ed25519, RSA of 2048 bits or more.');
}

function usageRefusal({ usages }: ServingRequest, { key }: CertificateRequest): ServingVerdict | undefined {
  const needed = ['digital signature', 'server auth'];
  const allowed = key.type === 'rsa' ? [...needed, 'key encipherment'] : needed;
  return needed.every((usage) => usages.includes(usage)) && usages.every((usage) => allowed.includes(usage))
    ? undefined
    : deny('Usages', `The usages are not ${allowed.join(', ')}.`);
}

function formRefusal({ names, others }: CertificateRequest): ServingVerdict | undefined {
  if (others.length > 0) return deny('Extension', 'It asks for more than names and addresses.');
  if (names.length === 0) return deny('NoNames', 'It asks for no name and no address.');
  return names.every(({ type }) => type === 'dns' || type === 'ip')
    ? undefined
    : deny('NameType', 'It asks for something else than DNS names and IP addresses.');
}

const NAME_TYPES = ['Hostname', 'InternalDNS', 'ExternalDNS'];
const ADDRESS_TYPES = ['InternalIP', 'ExternalIP'];

function nameRefusal(
  { names }: CertificateRequest,
  node: ServingNode,
  machine: DeclaredMachine,
): ServingVerdict | undefined {
  const told = (types: readonly string[]): readonly string[] =>
    node.addresses.filter(({ type }) => types.includes(type)).map(({ address }) => address);
  const known = {
    dns: { node: [node.name, ...told(NAME_TYPES)], machine: [machine.name, ...machine.addresses] },
    ip: { node: told(ADDRESS_TYPES), machine: machine.addresses },
  };
  for (const { type, value } of names) {
    const same = type === 'ip' ? sameAddress : (one: string, other: string) => one === other;
    const { node: ofNode, machine: ofMachine } = known[type as 'dns' | 'ip'];
    if (!ofMachine.some((declared) => same(declared, value)))
      return deny('NotDeclared', `${value} is not declared for the machine ${machine.name}.`);
    if (!ofNode.some((address) => same(address, value)))
      return deny('NotOfNode', `${value} is no address of the Node ${node.name}.`);
  }
  return undefined;
}

function sameAddress(one: string, other: string): boolean {
  const [first, second] = [Ip.parse(one), Ip.parse(other)];
  return first !== undefined && second !== undefined && first.equals(second);
}

function namesOf({ names }: CertificateRequest): string {
  return names.map(({ value }) => value).join(', ');
}

function deny(reason: string, message: string): ServingVerdict {
  return { decision: 'deny', reason, message };
}

function leave(reason: string, message: string): ServingVerdict {
  return { decision: 'leave', reason, message };
}
