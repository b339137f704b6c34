import { deepFreeze } from '../../model';

/** Which algorithms a cluster uses. */
export type CryptographyName = 'modern' | 'fips';

/** A curve of keys: of 128 or 192 bits of strength. */
export type Curve = 'P-256' | 'P-384';

/** How values are encrypted in etcd. `kms` leaves it to a plugin. */
export type EncryptionMethod = 'secretbox' | 'aesgcm' | 'kms';

/** The algorithms of a cluster: for TLS, for certificates, and for what etcd stores. */
export interface Cryptography {
  readonly name: CryptographyName;
  /** Suites of TLS 1.3 that may be negotiated, by their IANA names. */
  readonly tlsSuites: readonly string[];
  /** The curve of keys and certificates; signatures have the hash of its strength, SHA-256 or SHA-384. */
  readonly curve: Curve;
  /** The ways in which values in etcd may be encrypted. */
  readonly encryption: readonly EncryptionMethod[];
  /** Environment of each component: what its flags cannot say. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The profiles.
 *
 * - `modern`: what is strong and fast everywhere.
 * - `fips`: approved algorithms only, at the strength of 192 bits where there is a choice. Go's own switch puts every component
 *   into FIPS 140-3 mode, which is also the only thing that keeps ChaCha20 out of TLS 1.3: Go takes no list of suites for it.
 *   AES-128 stays possible there for the same reason. Whether a binary holds a validated module is a property of the binary.
 */
export const CRYPTOGRAPHY: Readonly<Record<CryptographyName, Cryptography>> = deepFreeze({
  modern: {
    name: 'modern',
    tlsSuites: ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
    curve: 'P-256',
    encryption: ['secretbox', 'aesgcm', 'kms'],
    environment: {},
  },
  fips: {
    name: 'fips',
    tlsSuites: ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'],
    curve: 'P-384',
    encryption: ['aesgcm', 'kms'],
    environment: { GODEBUG: 'fips140=on' },
  },
});
