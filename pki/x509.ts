// The X.509 library resolves its parts by decorators, which need this polyfill before it is loaded.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Curve } from '../constructs/control-plane';

x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);

export { x509 };

/** The curve of keys where nothing else is said: as strong as RSA 3072, and a key is made in a millisecond. */
export const DEFAULT_CURVE: Curve = 'P-256';

/** What a key on a curve is. */
export function keyAlgorithm(curve: Curve): { readonly name: 'ECDSA'; readonly namedCurve: Curve } {
  return { name: 'ECDSA', namedCurve: curve };
}

/** How a key on a curve signs: with the hash of its strength. */
export function signingAlgorithm(curve: Curve) {
  return { ...keyAlgorithm(curve), hash: curve === 'P-384' ? 'SHA-384' : 'SHA-256' } as const;
}
