import type { EncryptionMethod } from '../control-plane/cryptography';
import type { SecretReference } from './secret-reference';

/** A key of XSalsa20 and Poly1305: no limit to what is written with it. */
export interface SecretboxKey {
  /** @default 'secretbox' */
  readonly method?: 'secretbox';
  /**
   * Name that is stored with each value, at most 63 characters of `a-z`, `0-9` and `-`. A name stays with its key for
   * good: a new key gets a new name.
   */
  readonly name: string;
  /** The key: 32 random bytes in base64, filled in when the file is written. */
  readonly secret: SecretReference;
}

/** A key of AES-GCM with 256 bits. Its nonces are random, so that it has to be rotated: Kubernetes asks for it every 200,000 writes. */
export interface AesGcmKey {
  readonly method: 'aesgcm';
  /** As that of a secretbox key. */
  readonly name: string;
  /** The key: 32 random bytes in base64, filled in when the file is written. */
  readonly secret: SecretReference;
  /** The day on which the key was made, `YYYY-MM-DD`, in UTC: its age tells when it has to go. */
  readonly madeOn: string;
}

/** Keys that a plugin keeps (KMS v2): the API server has none that could be read from its machine. */
export interface KmsKey {
  readonly method: 'kms';
  /** Name that is stored with each value; the plugin's own key id is stored beside it. */
  readonly name: string;
  /** Absolute path of the plugin's Unix socket. */
  readonly socket: string;
  /**
   * How long the plugin may take, in whole seconds from 1 to 60.
   * @default 3
   */
  readonly timeoutSeconds?: number;
}

/** What values are encrypted with in etcd. */
export type EncryptionKey = SecretboxKey | AesGcmKey | KmsKey;

/** How a key encrypts. */
export function methodOf({ method = 'secretbox' }: EncryptionKey): EncryptionMethod {
  return method;
}

/** How many bytes a key has, whichever method it is for. Source: `k8s.io/apiserver`, and 256 bits for AES by choice. */
export const KEY_BYTES = 32;

/** Each method as the prefix of a stored value names it, before the name of the key. */
const PREFIX: Readonly<Record<EncryptionMethod, string>> = {
  secretbox: 'k8s:enc:secretbox:v1:',
  aesgcm: 'k8s:enc:aesgcm:v1:',
  kms: 'k8s:enc:kms:v2:',
};

/** What every value in etcd starts with that was written with a key. */
export function storedPrefix(key: EncryptionKey): string {
  return `${PREFIX[methodOf(key)]}${key.name}:`;
}
