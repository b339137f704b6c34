import { CRYPTOGRAPHY, type CryptographyName } from './cryptography';
import { setting, type Setting } from './setting';

/** The lowest TLS version that any port accepts. Source: NET-4. */
export const TLS_FLOOR = '1.3';

/**
 * The TLS floor as flags of a Kubernetes component. With the floor at 1.3 no suite but those of TLS 1.3 can be negotiated, each of which
 * is strong; they are declared so that a scan can see it. Source: NET-4, CIS 1.2.29.
 *
 * @param cis the items that ask for strong suites, where there is one
 */
export function tlsSettings(
  cryptography: CryptographyName = 'modern',
  ...cis: readonly string[]
): readonly Setting[] {
  return [
    setting('tls-min-version', `VersionTLS${TLS_FLOOR.replace('.', '')}`, 'NET-4'),
    setting('tls-cipher-suites', CRYPTOGRAPHY[cryptography].tlsSuites.join(','), 'NET-4', ...cis),
  ];
}
