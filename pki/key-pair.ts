import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import type { Curve } from '../constructs/control-plane';
import { DEFAULT_CURVE, keyAlgorithm } from './x509';

/** A private key and, where an authority vouches for it, its certificate; both in PEM. */
export interface KeyPair {
  /** PKCS #8. Secret. */
  readonly privateKey: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: string;
  /** X.509. Absent for a key that only signs tokens. */
  readonly certificate?: string;
}

/** A new key for signatures. */
export async function generateKey(curve: Curve = DEFAULT_CURVE): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm(curve), true, ['sign', 'verify']);
}

/** A key pair as PEM, with the certificate if there is one. */
export async function exportPair(keys: webcrypto.CryptoKeyPair, certificate?: string): Promise<KeyPair> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey: publicKeyOf(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()),
    ...(certificate === undefined ? {} : { certificate }),
  };
}

/** The public key that belongs to a private key, both in PEM. */
export function publicKeyOf(privateKey: string): string {
  return createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }).toString();
}

/** The curve of a private key in PEM; undefined where it is on none that is known here. */
export function curveOf(privateKey: string): Curve | undefined {
  const { asymmetricKeyDetails } = createPrivateKey(privateKey);
  return ({ prime256v1: 'P-256', secp384r1: 'P-384' } as const)[
    asymmetricKeyDetails?.namedCurve as 'secp384r1'
  ];
}

/** A private key in PEM, ready to sign certificates. */
export async function importSigningKey(privateKey: string): Promise<webcrypto.CryptoKey> {
  const key = createPrivateKey(privateKey);
  const der = key.export({ format: 'der', type: 'pkcs8' });
  const algorithm = keyAlgorithm(curveOf(privateKey) ?? DEFAULT_CURVE);
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}
