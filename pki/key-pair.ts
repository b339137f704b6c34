import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import { KEY_ALGORITHM } from './x509';

/** A private key and, where an authority vouches for it, its certificate; both in PEM. */
export interface KeyPair {
  /** PKCS #8. Secret. */
  readonly privateKey: string;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: string;
  /** X.509. Absent for a key that only signs tokens. */
  readonly certificate?: string;
}

/** A new P-256 key for signatures. */
export async function generateKey(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
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

/** A private key in PEM, ready to sign certificates. */
export async function importSigningKey(privateKey: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(privateKey).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign']);
}
