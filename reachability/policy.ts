import type { Problem, Protocol } from '../model';
import { nameOf, namespaceOf, placeOf, type NetworkObject } from './network-object';
import { ANY } from './openings';
import { policySchema, type RawPeer, type RawPort, type RawSelector } from './policy-schema';
import { LAST_PORT } from './reachability';
import type { Selector } from './selector';

/** Ports of one protocol that a rule opens: numbers, or what a container calls its port. */
export type RulePort =
  | { readonly protocol: Protocol; readonly port: number; readonly endPort: number }
  | { readonly protocol: Protocol; readonly name: string };

/** Pods at the other end of a rule: in one namespace, or in those that a selector selects. */
export interface PodPeer {
  readonly type: 'pods';
  readonly namespace?: string;
  readonly namespaces?: Selector;
  readonly pods: Selector;
}

/** Addresses at the other end of a rule. */
export interface AddressPeer {
  readonly type: 'addresses';
  readonly cidr: string;
  readonly except: readonly string[];
}

/** The other end of a rule. */
export type RulePeer = PodPeer | AddressPeer;

/** What a policy opens in one direction. */
export interface Rule {
  readonly policy: Policy;
  /** From the object's root, for example `spec.egress[0]`. */
  readonly path: string;
  /** Undefined: everybody. */
  readonly peers?: readonly RulePeer[];
  /** All ports where the rule names none. */
  readonly ports: readonly RulePort[];
  /** Whether it names no port. */
  readonly anyPort: boolean;
}

/** A NetworkPolicy with its defaults filled in. */
export interface Policy {
  /** `namespace/name`. */
  readonly name: string;
  readonly namespace: string;
  readonly object: NetworkObject;
  readonly pods: Selector;
  /** The rules of each direction in which it denies what no rule opens; undefined where it says nothing of it. */
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/**
 * Reads a NetworkPolicy as the API server would.
 *
 * @returns the policy, or what keeps the API server from taking it
 */
export function readPolicy(object: NetworkObject): Policy | readonly Problem[] {
  const { manifest } = object;
  const namespace = namespaceOf(manifest);
  const name = `${namespace}/${nameOf(manifest)}`;
  const parsed = policySchema().safeParse(manifest.spec ?? {});
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => {
      const field = ['spec', ...path].reduce<string>(
        (text, key) =>
          typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
        '',
      );
      return {
        code: 'reach/policy',
        where: placeOf(object, field),
        message: `NetworkPolicy ${name}: ${field}: ${message.replace(/[.]?$/, '.')}`,
        fix: 'Correct it: the API server refuses it as it is.',
      };
    });
  }
  const { podSelector, policyTypes, ingress, egress } = parsed.data;
  // What the API server fills in: ingress always, egress only where there is a rule for it.
  const types = policyTypes.length > 0 ? policyTypes : ['Ingress', ...(egress.length > 0 ? ['Egress'] : [])];
  const policy: { -readonly [Key in keyof Policy]: Policy[Key] } = {
    name,
    namespace,
    object,
    pods: selectorOf(podSelector),
  };
  const rules = (
    direction: string,
    list: readonly { peers: readonly RawPeer[]; ports: readonly RawPort[] }[],
  ): readonly Rule[] =>
    list.map(({ peers, ports }, index) => ({
      policy,
      path: `spec.${direction}[${index}]`,
      ...(peers.length === 0 ? {} : { peers: peers.map((peer) => peerOf(peer, namespace)) }),
      ports: ports.length === 0 ? ANY : ports.map(portOf),
      anyPort: ports.length === 0,
    }));
  if (types.includes('Ingress'))
    policy.ingress = rules(
      'ingress',
      ingress.map(({ from, ports }) => ({ peers: from, ports })),
    );
  if (types.includes('Egress'))
    policy.egress = rules(
      'egress',
      egress.map(({ to, ports }) => ({ peers: to, ports })),
    );
  return policy;
}

function peerOf({ ipBlock, namespaceSelector, podSelector }: RawPeer, namespace: string): RulePeer {
  if (ipBlock != null) return { type: 'addresses', cidr: ipBlock.cidr, except: ipBlock.except };
  return {
    type: 'pods',
    ...(namespaceSelector == null ? { namespace } : { namespaces: selectorOf(namespaceSelector) }),
    pods: selectorOf(podSelector),
  };
}

function portOf({ protocol, port, endPort }: RawPort): RulePort {
  if (port == null) return { protocol, port: 1, endPort: LAST_PORT };
  if (typeof port === 'string') return { protocol, name: port };
  return { protocol, port, endPort: endPort ?? port };
}

function selectorOf(selector: RawSelector | null | undefined): Selector {
  return [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({
      key,
      operator: 'In' as const,
      values: [value],
    })),
    ...(selector?.matchExpressions ?? []),
  ];
}
