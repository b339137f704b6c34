import { setting, type Setting } from './setting';

/** The lowest TLS version that any port accepts. Source: NET-4. */
export const TLS_FLOOR = '1.3';

/**
 * The suites of TLS 1.3, each with authenticated encryption. With the floor at 1.3 no other can be negotiated; they are
 * declared so that a scan can see it. Source: NET-4, CIS 1.2.29.
 */
export const TLS_SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
] as const;

/** The TLS floor as flags of a Kubernetes component. `cis` is the item that asks for strong suites, where it has one. */
export function tlsSettings(...cis: readonly string[]): readonly Setting[] {
  return [
    setting('tls-min-version', `VersionTLS${TLS_FLOOR.replace('.', '')}`, 'NET-4'),
    setting('tls-cipher-suites', TLS_SUITES.join(','), 'NET-4', ...cis),
  ];
}
