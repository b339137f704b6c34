import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { serveLoopback, type LoopbackServer } from './loopback-server';

/** Claims of a token; `iss`, `aud`, `iat`, `nbf` and `exp` are filled in where they are not given. */
export type Claims = Readonly<Record<string, unknown>>;

/** A small OpenID Connect issuer: discovery and keys over https on loopback, and tokens good and bad. */
export class OidcIssuer {
  private constructor(
    private readonly server: LoopbackServer,
    private readonly key: KeyObject,
    public readonly audience: string,
  ) {}

  public static async start(audience: string): Promise<OidcIssuer> {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'key', alg: 'RS256', use: 'sig' }];
    const server: LoopbackServer = await serveLoopback(({ url }, answer) => {
      const documents: Readonly<Record<string, unknown>> = {
        '/.well-known/openid-configuration': {
          issuer: server.url,
          jwks_uri: `${server.url}/keys`,
          id_token_signing_alg_values_supported: ['RS256'],
        },
        '/keys': { keys },
      };
      const document = documents[url ?? ''];
      answer.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' });
      answer.end(JSON.stringify(document ?? {}));
    });
    return new OidcIssuer(server, privateKey, audience);
  }

  public get url(): string {
    return this.server.url;
  }

  /** Certificate of its authority, in PEM. */
  public get ca(): string {
    return this.server.ca;
  }

  /** A token that it signs. */
  public token(claims: Claims): string {
    return this.sign({ alg: 'RS256', kid: 'key', typ: 'JWT' }, claims, this.key);
  }

  /** A token that somebody else signs in its name, with the id of its key or another. */
  public forged(claims: Claims, kid = 'key'): string {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return this.sign({ alg: 'RS256', kid, typ: 'JWT' }, claims, privateKey);
  }

  /** A token whose header says that it needs no signature. */
  public unsigned(claims: Claims): string {
    return `${this.unsignedParts({ alg: 'none', typ: 'JWT' }, claims)}.`;
  }

  /** A token signed with HMAC and its public key as the secret: for who takes the algorithm from the token. */
  public confused(claims: Claims): string {
    const parts = this.unsignedParts({ alg: 'HS256', kid: 'key', typ: 'JWT' }, claims);
    return `${parts}.${createHmac('sha256', JSON.stringify(this.key.export({ format: 'jwk' }).n))
      .update(parts)
      .digest('base64url')}`;
  }

  public async close(): Promise<void> {
    await this.server.close();
  }

  private sign(header: Claims, claims: Claims, key: KeyObject): string {
    const parts = this.unsignedParts(header, claims);
    return `${parts}.${createSign('sha256').update(parts).sign(key, 'base64url')}`;
  }

  private unsignedParts(header: Claims, claims: Claims): string {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: this.url, aud: this.audience, iat: now, nbf: now - 60, exp: now + 600, ...claims };
    return [header, all].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  }
}
