import { zod } from '../../model/zod';
import { otherwise } from '../shape';
import { certificateAuthority, httpsUrl } from './https';

/** One claim of a token, or a CEL expression over `claims`. */
export type ClaimSource = { readonly claim: string } | { readonly expression: string };

/**
 * Where users or groups come from, and what is put before each of them. Without a prefix an issuer could name a user or group
 * that somebody else vouches for.
 */
export type PrefixedClaimSource = ClaimSource & {
  /** Put before the name; not empty, and of no other issuer. For example `staff:`. */
  readonly prefix: string;
};

/** A rule that the claims of a token keep: a claim with exactly this text, or a CEL expression over `claims` that is true. */
export type ClaimRule =
  | { readonly claim: string; readonly requiredValue: string }
  | {
      readonly expression: string;
      /** What the log of the API server says of a token that breaks it. */
      readonly message: string;
    };

/** A rule that a user keeps once the token is mapped: a CEL expression over `user` (`username`, `uid`, `groups`, `extra`). */
export interface UserRule {
  readonly expression: string;
  /** What the log of the API server says of a user that breaks it. */
  readonly message: string;
}

/** An OpenID Connect issuer whose tokens the API server takes. Source: AUTH-2. */
export interface OidcIssuer {
  /** What tokens name as their `iss`: an `https` URL without user, query and fragment. */
  readonly url: string;
  /** Whom tokens are for; one of these has to be in a token's `aud`. At least one. */
  readonly audiences: readonly string[];
  /**
   * Certificates, in PEM, of the authority that signs the issuer's.
   * @default - the authorities that the machine trusts
   */
  readonly certificateAuthority?: string;
  /**
   * Where the discovery document is, if not at `/.well-known/openid-configuration` below the URL.
   * @default - below the URL
   */
  readonly discoveryUrl?: string;
  /** What the user is called. With the claim `email`, a token has to say that it is verified. */
  readonly username: PrefixedClaimSource;
  /**
   * The groups of the user; an expression has to give a list.
   * @default - none
   */
  readonly groups?: PrefixedClaimSource;
  /**
   * What tells the user from an earlier one of the same name.
   * @default - nothing
   */
  readonly uid?: ClaimSource;
  /**
   * What else is known of the user: CEL expressions over `claims` by key, a domain with a path in small letters
   * (`example.com/tenant`).
   * @default - nothing
   */
  readonly extra?: Readonly<Record<string, string>>;
  /**
   * What else has to be true of the claims.
   * @default - nothing
   */
  readonly claimRules?: readonly ClaimRule[];
  /**
   * What else has to be true of the user.
   * @default - nothing
   */
  readonly userRules?: readonly UserRule[];
}

/** What users and groups of Kubernetes and of keelson itself are called: no token may name one. */
export const RESERVED_PREFIXES = ['system:', 'keelson:'] as const;

/** What an issuer has to be. CEL is compiled by the API server alone: it does not start with an expression that is none. */
export function issuerShape() {
  const z = zod();
  const text = z.string().min(1).max(1024);
  const expression = z.string().trim().min(1).max(10_000);
  const prefix = text.refine(
    (value) =>
      !RESERVED_PREFIXES.some((reserved) => value.startsWith(reserved) || reserved.startsWith(value)),
    otherwise(
      `It could make names that start with ${RESERVED_PREFIXES.join(' or ')}.`,
      'Give a prefix of your own, for example "staff:".',
    ),
  );
  const source = z.union(
    [z.strictObject({ claim: text, prefix }), z.strictObject({ expression, prefix })],
    'It is neither { claim, prefix } nor { expression, prefix }, or its prefix starts as reserved names do.',
  );
  const bare = z.union(
    [z.strictObject({ claim: text }), z.strictObject({ expression })],
    'It is neither { claim } nor { expression }.',
  );
  const key = text.refine(
    (value) =>
      /^([a-z0-9-]+\.)+[a-z]+\/[a-z0-9._/-]+$/.test(value) &&
      !/^([^/]*\.)?(k8s|kubernetes)\.io\//.test(value),
    otherwise('It is no key of your own domain.', 'Give a key like example.com/tenant, in small letters.'),
  );
  return z.strictObject({
    url: httpsUrl(),
    audiences: z
      .array(text)
      .min(1)
      .refine(
        (all) => new Set(all).size === all.length,
        otherwise('An audience is there twice.', 'Name each once.'),
      ),
    certificateAuthority: certificateAuthority().optional(),
    discoveryUrl: httpsUrl().optional(),
    username: source,
    groups: source.optional(),
    uid: bare.optional(),
    extra: z.record(key, expression).optional(),
    claimRules: z
      .array(
        z.union(
          [
            z.strictObject({ claim: text, requiredValue: text }),
            z.strictObject({ expression, message: text }),
          ],
          'It is neither { claim, requiredValue } nor { expression, message }.',
        ),
      )
      .refine(
        (rules) => {
          const claims = rules.flatMap((rule) => ('claim' in rule ? rule.claim : []));
          return new Set(claims).size === claims.length;
        },
        otherwise('A claim has two rules.', 'Give each claim one value, or write an expression.'),
      )
      .optional(),
    userRules: z.array(z.strictObject({ expression, message: text })).optional(),
  });
}

/** No name of Kubernetes or of keelson itself, whatever a mapping came to. */
const NO_RESERVED_NAMES: readonly UserRule[] = [
  {
    expression: RESERVED_PREFIXES.map((prefix) => `!user.username.startsWith('${prefix}')`).join(' && '),
    message: 'the name of the user is reserved',
  },
  {
    expression: `user.groups.all(group, ${RESERVED_PREFIXES.map((prefix) => `!group.startsWith('${prefix}')`).join(' && ')})`,
    message: 'the name of a group is reserved',
  },
];

/**
 * The prefix is put before an expression as text, and an expression may leave the brackets it is put in (`a) == '' ? '' : (b`).
 * So what came out is looked at, too.
 */
function prefixRules(username: PrefixedClaimSource, groups?: PrefixedClaimSource): readonly UserRule[] {
  const own: UserRule[] = [];
  if ('expression' in username)
    own.push({
      expression: `user.username.startsWith(${literal(username.prefix)})`,
      message: 'the name of the user is without its prefix',
    });
  if (groups !== undefined && 'expression' in groups)
    own.push({
      expression: `user.groups.all(group, group.startsWith(${literal(groups.prefix)}))`,
      message: 'the name of a group is without its prefix',
    });
  return own;
}

/** The API server itself lets a token pass that says nothing of whether its address was verified. */
const VERIFIED_EMAIL: ClaimRule = {
  expression: 'claims.?email_verified.orValue(false) == true',
  message: 'the address is not verified',
};

/** An issuer as the API server's `jwt` entry. */
export function jwtAuthenticator(issuer: OidcIssuer): Readonly<Record<string, unknown>> {
  const { url, audiences, certificateAuthority, discoveryUrl, username, groups, uid, extra = {} } = issuer;
  const claimRules = unique([
    ...(issuer.claimRules ?? []),
    ...(namesEmail(username) ? [VERIFIED_EMAIL] : []),
  ]);
  return {
    issuer: {
      url,
      ...(discoveryUrl && { discoveryURL: discoveryUrl }),
      ...(certificateAuthority && { certificateAuthority }),
      audiences,
      audienceMatchPolicy: 'MatchAny',
    },
    ...(claimRules.length > 0 && { claimValidationRules: claimRules }),
    claimMappings: {
      username: prefixed(username, (names) => `${literal(username.prefix)} + (${names})`),
      ...(groups && {
        groups: prefixed(groups, (names) => `dyn(${names}).map(name, ${literal(groups.prefix)} + name)`),
      }),
      ...(uid && { uid }),
      ...(Object.keys(extra).length > 0 && {
        extra: Object.entries(extra).map(([key, valueExpression]) => ({ key, valueExpression })),
      }),
    },
    userValidationRules: unique([
      ...NO_RESERVED_NAMES,
      ...prefixRules(username, groups),
      ...(issuer.userRules ?? []),
    ]),
  };
}

/** Each rule once: the API server takes none twice. */
function unique<T extends ClaimRule | UserRule>(rules: readonly T[]): readonly T[] {
  const whatOf = (rule: T): string => ('expression' in rule ? rule.expression : `claim ${rule.claim}`);
  return rules.filter((rule, index) => rules.findIndex((other) => whatOf(other) === whatOf(rule)) === index);
}

/** A prefix is a field of a claim alone; an expression has to put it there itself. */
function prefixed(
  source: PrefixedClaimSource,
  put: (names: string) => string,
): Readonly<Record<string, string>> {
  return 'claim' in source
    ? { claim: source.claim, prefix: source.prefix }
    : { expression: put(source.expression) };
}

function namesEmail(source: ClaimSource): boolean {
  return 'claim' in source ? source.claim === 'email' : /\bemail\b/.test(source.expression);
}

/** A text as a CEL literal: that of JSON is one. */
function literal(text: string): string {
  return JSON.stringify(text);
}
