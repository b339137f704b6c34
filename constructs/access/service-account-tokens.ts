import { zod } from '../../model/zod';
import { keyFile, publicKeyFile, type ControlPlaneLayout } from '../control-plane/layout';
import { setting, type Setting } from '../control-plane/setting';
import { otherwise } from '../shape';
import { httpsUrl } from './https';

/** Whom the tokens of service accounts name as their issuer where nothing else is said. */
export const DEFAULT_TOKEN_ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** The key pair that signs the tokens of service accounts. */
export const TOKEN_SIGNING_KEY = 'sa';

/**
 * Tokens of service accounts. To rotate issuer or key without a break: accept the new one everywhere, make it the first one
 * and accept the old one, and drop the old one when its last token has ended (`maxLifetimeHours` later).
 */
export interface ServiceAccountTokenProps {
  /**
   * Whom new tokens name as their issuer: an `https` URL.
   * @default 'https://kubernetes.default.svc.cluster.local'
   */
  readonly issuer?: string;
  /**
   * Issuers whose tokens are taken besides.
   * @default - none
   */
  readonly acceptedIssuers?: readonly string[];
  /**
   * Key pairs whose tokens are taken besides those of `sa`, by name: `sa-2026` is the public key `sa-2026.pub` in the folder of
   * certificates, which has to be there.
   * @default - none
   */
  readonly acceptedKeys?: readonly string[];
  /**
   * How long a token lasts at most, in whole hours from 1 to 24, whatever was asked for.
   * @default 24
   */
  readonly maxLifetimeHours?: number;
}

/** What the properties have to be. */
export function serviceAccountTokenShape() {
  const z = zod();
  const name = z
    .string()
    .refine(
      (text) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text) && text !== TOKEN_SIGNING_KEY,
      otherwise(
        `It is no name for a further key.`,
        `Use at most 63 characters of a-z, 0-9 and -; "${TOKEN_SIGNING_KEY}" is the key that signs.`,
      ),
    );
  return z.strictObject({
    issuer: httpsUrl().optional(),
    acceptedIssuers: z.array(httpsUrl()).optional(),
    acceptedKeys: z.array(name).optional(),
    maxLifetimeHours: z.int().min(1).max(24).optional(),
  });
}

/** All issuers of tokens of service accounts, the one that signs first. */
export function tokenIssuers(props: ServiceAccountTokenProps = {}): readonly string[] {
  return [...new Set([props.issuer ?? DEFAULT_TOKEN_ISSUER, ...(props.acceptedIssuers ?? [])])];
}

/** The flags. Two of them are given several times: once for each issuer and key. Source: AUTH-2, CIS 1.2.21, 1.2.22, 1.2.30. */
export function serviceAccountTokenSettings(
  layout: ControlPlaneLayout,
  props: ServiceAccountTokenProps = {},
): readonly Setting[] {
  const keys = new Set([TOKEN_SIGNING_KEY, ...(props.acceptedKeys ?? [])]);
  return [
    ...tokenIssuers(props).map((issuer) => setting('service-account-issuer', issuer, 'AUTH-2')),
    ...[...keys].map((key) =>
      setting('service-account-key-file', publicKeyFile(layout, key), 'AUTH-2', '1.2.22'),
    ),
    setting('service-account-signing-key-file', keyFile(layout, TOKEN_SIGNING_KEY), 'AUTH-2'),
    setting('service-account-lookup', true, 'AUTH-2', '1.2.21'),
    setting('service-account-extend-token-expiration', false, 'AUTH-2', '1.2.30'),
    setting('service-account-max-token-expiration', `${props.maxLifetimeHours ?? 24}h`, 'AUTH-2'),
  ];
}
