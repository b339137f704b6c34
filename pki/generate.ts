import type { AuthoritySpec, LeafSpec, PkiSpec } from '../constructs/control-plane';
import { issueAuthority, issueLeaf, issueSigningKey } from './issue';
import { curveOf, type KeyPair } from './key-pair';
import { authorityIsGood, leafIsGood } from './renewal';

/** Keys and certificates by the name of their specification. Secret: it holds every private key. */
export type Pki = ReadonlyMap<string, KeyPair>;

/** Options of {@link generatePki}. */
export interface GenerateOptions {
  /** The time to issue for. */
  readonly now: Date;
  /**
   * What is there already; kept as far as it fits the specification and is not due.
   * @default - nothing
   */
  readonly existing?: Pki;
}

/** What {@link generatePki} made. */
export interface GeneratedPki {
  readonly pki: Pki;
  /** Names of what was made anew, in the order of the specification. */
  readonly renewed: readonly string[];
}

/**
 * Keys and certificates for a specification. Authorities and signing keys stay as long as they are good; a certificate is
 * made anew when its authority changed, when it is in the last third of its life, or when its specification says
 * something else than it does. Source: NET-4, AUTH-2.
 */
export async function generatePki(spec: PkiSpec, options: GenerateOptions): Promise<GeneratedPki> {
  const { now, existing = new Map<string, KeyPair>() } = options;
  const pki = new Map<string, KeyPair>();
  const { curve, renewInLast } = spec;
  const renewal = { now, renewInLast };
  const isOnCurve = ({ privateKey }: KeyPair): boolean => curveOf(privateKey) === curve;
  const renewed: string[] = [];
  const keepOrMake = async (
    name: string,
    isGood: (pair: KeyPair) => boolean,
    make: () => Promise<KeyPair>,
  ): Promise<void> => {
    const pair = existing.get(name);
    if (pair !== undefined && isGood(pair)) {
      pki.set(name, pair);
      return;
    }
    pki.set(name, await make());
    renewed.push(name);
  };
  for (const authority of spec.authorities) {
    await keepOrMake(
      authority.name,
      (pair) => isOnCurve(pair) && authorityIsGood(pair, authority, renewal),
      () => issueAuthority(authority, now, curve),
    );
  }
  for (const leaf of [...spec.leaves, ...spec.kubeconfigs.map(({ identity }) => identity)]) {
    const authority = authorityOf(leaf, spec.authorities, pki);
    await keepOrMake(
      leaf.name,
      (pair) => isOnCurve(pair) && leafIsGood(pair, leaf, authority, renewal),
      () => issueLeaf(leaf, authority, now, curve),
    );
  }
  for (const name of spec.signingKeys) {
    await keepOrMake(name, isOnCurve, () => issueSigningKey(curve));
  }
  return { pki, renewed };
}

function authorityOf(leaf: LeafSpec, authorities: readonly AuthoritySpec[], pki: Pki): KeyPair {
  const pair = authorities.some(({ name }) => name === leaf.authority) ? pki.get(leaf.authority) : undefined;
  if (pair === undefined) {
    throw new TypeError(
      `The certificate ${leaf.name} names the authority ${leaf.authority}, which is not specified.`,
    );
  }
  return pair;
}
